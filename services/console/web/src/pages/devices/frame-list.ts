/** The rules of the live frame view: what is kept, what is shown, where a deviation stands in the text. */
import type { DecodedFrame, DeviationWords, FrameReading } from '@/api/device-types'
import { unitText } from '@/ui/values'

/** So many frames stay in the page; older ones are found by the evidence query. */
export const FRAMES_KEPT = 500

export interface ListedFrame extends DecodedFrame {
  key: number
}

/** Newest first, bounded. `number` counts on, so that a row keeps its key while others come and go. */
export function withNewer(shown: readonly ListedFrame[], arrived: readonly DecodedFrame[], number: number): ListedFrame[] {
  const listed = arrived.map((frame, index) => ({ ...frame, key: number + index })).reverse()
  return [...listed, ...shown].slice(0, FRAMES_KEPT)
}

export interface FrameWish {
  direction: string
  what: string
  q: string
}

export function isWished(frame: DecodedFrame, wish: FrameWish): boolean {
  if (wish.direction && frame.direction !== wish.direction) return false
  if (wish.what === 'deviating' && !frame.deviations.length) return false
  if (wish.what === 'rejected' && frame.verdict !== 'rejected') return false
  if (wish.what === 'data' && !frame.readings.length) return false
  const words = wish.q.trim().toLowerCase()
  return !words || frame.raw_text.toLowerCase().includes(words) || (frame.cn_name_zh ?? '').includes(words) || (frame.cn_name_en ?? '').toLowerCase().includes(words)
}

export interface Stretch {
  text: string
  deviations: string[]
}

/** The raw text cut where deviations begin and end, each piece with the codes that cover it. */
export function stretches(text: string, deviations: readonly DeviationWords[]): Stretch[] {
  const placed = deviations
    .map((one) => ({ code: one.code, start: one.start ?? -1, end: one.end ?? -1 }))
    .filter((one) => one.start >= 0 && one.end > one.start && one.start < text.length)
  const cuts = [...new Set([0, text.length, ...placed.flatMap((one) => [one.start, Math.min(one.end, text.length)])])].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, index) => ({
    text: text.slice(from, cuts[index + 1]),
    deviations: placed.filter((one) => one.start <= from && one.end >= cuts[index + 1]!).map((one) => one.code),
  }))
}

const SHOWN = 3

/** The first factors of a frame by name, each once: of a mean with its extremes the mean, a value before what is worked out of it. */
export function summaryOf(readings: readonly FrameReading[], named: (one: FrameReading) => string): string {
  const byFactor = new Map<string, FrameReading>()
  for (const one of readings) if (!byFactor.has(one.factor) || one.attribute === 'Avg' || one.attribute === 'Rtd') byFactor.set(one.factor, one)
  const all = [...byFactor.values()]
  const text = all.slice(0, SHOWN).map((one) => [named(one) || one.factor, one.text, unitText(one.unit)].filter(Boolean).join(' ')).join(' · ')
  return all.length > SHOWN ? `${text} … +${all.length - SHOWN}` : text
}

/** PW, NewPW and NewSK hidden, for texts that come byte for byte (evidence). */
export const withoutSecrets = (text: string): string => text.replace(/\b(PW|NewPW|NewSK)=[^;,&#]*/g, '$1=******')
