/** Park time (UTC+8) for everything a person reads, whatever the zone or clock of the PC. Instants come from the server. */

const ZONE = 'Asia/Shanghai'
const PARK_OFFSET_MS = 8 * 3600_000

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, hourCycle: 'h23',
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
})

function fields(instant: number): Record<string, string> {
  const found: Record<string, string> = {}
  for (const part of parts.formatToParts(instant)) found[part.type] = part.value
  return found
}

export type Instant = string | number | null | undefined

/** Epoch milliseconds of an ISO text or number; NaN when absent or unreadable. */
export function toMs(instant: Instant): number {
  if (instant === null || instant === undefined || instant === '') return Number.NaN
  return typeof instant === 'number' ? instant : Date.parse(instant)
}

export function parkDateTime(instant: Instant): string {
  const ms = toMs(instant)
  if (Number.isNaN(ms)) return '—'
  const f = fields(ms)
  return `${f.year}-${f.month}-${f.day} ${f.hour}:${f.minute}:${f.second}`
}

export function parkMinute(instant: Instant): string {
  const full = parkDateTime(instant)
  return full === '—' ? full : full.slice(5, 16)
}

/** A span of whole park days as its first and last day; any other span to the minute. The end is exclusive. */
export function parkSpan(start: Instant, end: Instant): string {
  const [from, to] = [parkDateTime(start), parkDateTime(end)]
  if (from.endsWith(' 00:00:00') && to.endsWith(' 00:00:00')) {
    const [first, last] = [parkDate(start), parkDate(toMs(end) - 1)]
    return first === last ? first : `${first} – ${last}`
  }
  return `${from.slice(0, 16)} – ${to.slice(0, 16)}`
}

/** The last moment of something that ends at an instant: midnight is the evening before. */
export function parkDeadline(instant: Instant): string {
  const text = parkDateTime(instant)
  return text.endsWith(' 00:00:00') ? `${parkDate(toMs(instant) - 1)} 24:00` : text.slice(0, 16)
}

export function parkClock(instant: Instant): string {
  const full = parkDateTime(instant)
  return full === '—' ? full : full.slice(11)
}

export function parkDate(instant: Instant): string {
  const full = parkDateTime(instant)
  return full === '—' ? full : full.slice(0, 10)
}

/** Value of an `<input type="datetime-local">` showing park time. */
export function toParkInput(instant: Instant): string {
  const ms = toMs(instant)
  return Number.isNaN(ms) ? '' : new Date(ms + PARK_OFFSET_MS).toISOString().slice(0, 16)
}

/** ISO text with the park's offset from such an input; null when it is empty. */
export function fromParkInput(local: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local)) return null
  return `${local.length === 16 ? `${local}:00` : local}+08:00`
}

export function toParkIso(ms: number): string {
  return `${new Date(ms + PARK_OFFSET_MS).toISOString().slice(0, 19)}+08:00`
}

/** Duration as the two largest units, e.g. 3 d 4 h, 12 min 5 s; words from `units` so both languages share it. */
export function spell(ms: number, units: readonly [string, string, string, string]): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const amounts = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  const first = amounts.findIndex((amount) => amount > 0)
  if (first === -1) return `0 ${units[3]}`
  return amounts
    .map((amount, index) => ({ amount, index }))
    .filter(({ amount, index }) => index >= first && index <= first + 1 && amount > 0)
    .map(({ amount, index }) => `${amount} ${units[index]}`)
    .join(' ')
}
