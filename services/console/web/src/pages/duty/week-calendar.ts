/** A week of a duty roster as a calendar: which shift stands on which day from which minute, side by side where they overlap. */
import type { Hole, Roster, Shift, ShiftRule } from '@/api/alerting-types'
import { parkDate, toMs, toParkIso } from '@/app/park-time'

export const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
export const DAY_MINUTES = 1440

/** Midnight of a day of the park as an instant, from `YYYY-MM-DD`. */
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)
export const dayAfter = (day: string, days: number): string => parkDate(dayStart(day) + days * DAY_MS)

/** The Monday of the week in which a day lies. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return dayAfter(day, -((weekday + 6) % 7))
}
export const weekOf = (monday: string): string[] => Array.from({ length: 7 }, (_, at) => dayAfter(monday, at))
export const weekRange = (monday: string): { from: string; to: string } => ({ from: toParkIso(dayStart(monday)), to: toParkIso(dayStart(monday) + 7 * DAY_MS) })

/** A shift as far as it lies on one day, in minutes of that day; `lane` of `lanes` side by side. */
export interface Block {
  shift: Shift
  from: number
  to: number
  lane: number
  lanes: number
  /** The part of a night shift that began on the day before. */
  continued: boolean
}

export function blocksOf(day: string, shifts: readonly Shift[]): Block[] {
  const begin = dayStart(day)
  const found = shifts
    .map((shift) => ({ shift, from: (toMs(shift.starts_at) - begin) / MINUTE_MS, to: (toMs(shift.ends_at) - begin) / MINUTE_MS }))
    .filter((one) => one.to > 0 && one.from < DAY_MINUTES)
    .map((one) => ({ ...one, continued: one.from < 0, from: Math.max(0, one.from), to: Math.min(DAY_MINUTES, one.to), lane: 0, lanes: 1 }))
    .sort((a, b) => a.from - b.from || b.to - a.to)
  for (const group of overlapping(found)) laid(group)
  return found
}

/** Blocks that touch one another in time, directly or by a third, belong together. */
function overlapping(blocks: Block[]): Block[][] {
  const groups: Block[][] = []
  let end = -1
  for (const block of blocks) {
    if (block.from < end) groups[groups.length - 1]!.push(block)
    else groups.push([block])
    end = Math.max(end, block.to)
  }
  return groups
}

function laid(group: Block[]): void {
  const free: number[] = []
  for (const block of group) {
    const lane = free.findIndex((until) => until <= block.from)
    block.lane = lane === -1 ? free.length : lane
    free[block.lane] = block.to
  }
  for (const block of group) block.lanes = free.length
}

export interface Gap { from: number; to: number }

/** The times of a day in which nobody is on duty although somebody should be, in minutes of the day. */
export function gapsOf(day: string, holes: readonly Hole[]): Gap[] {
  const begin = dayStart(day)
  return holes
    .map((hole) => ({ from: Math.max(0, (toMs(hole.starts_at) - begin) / MINUTE_MS), to: Math.min(DAY_MINUTES, (toMs(hole.ends_at) - begin) / MINUTE_MS) }))
    .filter((gap) => gap.from < gap.to)
}

export const clockOf = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(Math.round(minutes) % 60).padStart(2, '0')}`

/** A colour for a person's shifts, the same on every page; all are dark enough for white text. */
const COLOURS = ['#0b5cab', '#0f6e75', '#6b4fc0', '#7a5200', '#8a3a6b', '#2f6b3a', '#5b4636', '#37536e'] as const
export function colourOf(people: readonly string[]): string {
  const key = people.join()
  let sum = 0
  for (let at = 0; at < key.length; at += 1) sum = (sum * 31 + key.charCodeAt(at)) >>> 0
  return COLOURS[sum % COLOURS.length]!
}

export const emptyShift = (): ShiftRule => ({ name_zh: '', name_en: '', start: '08:00:00', end: '20:00:00', teams: [[]], days: 'all', turns: 'shift' })
export const newRoster = (from: string): Roster => ({
  code: '', name_zh: '', name_en: '', valid_from: from, valid_to: dayAfter(from, 90), coverage: 'always',
  shifts: [{ ...emptyShift(), name_zh: '白班', name_en: 'Day' }, { ...emptyShift(), name_zh: '夜班', name_en: 'Night', start: '20:00:00', end: '08:00:00' }],
})

/** What is sent: times with seconds, teams without people left out, an English name where none was given. */
export function sentRoster(draft: Roster): Roster {
  return {
    ...draft,
    code: draft.code.trim(),
    name_zh: draft.name_zh.trim(),
    name_en: draft.name_en.trim() || draft.name_zh.trim(),
    shifts: draft.shifts.map((rule) => ({
      ...rule, name_en: rule.name_en.trim() || rule.name_zh.trim(), start: withSeconds(rule.start), end: withSeconds(rule.end), teams: rule.teams.filter((team) => team.length),
    })),
  }
}
const withSeconds = (wall: string): string => (/^\d\d:\d\d$/.test(wall) ? `${wall}:00` : wall)
