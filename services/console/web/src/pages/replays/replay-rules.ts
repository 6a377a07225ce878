/** What the replay pages decide without a browser: which are still worked on, how a difference reads, which days are asked for. */
import type { Replay, ReplayDifference, ReplaySide, ReplayState } from '@/api/replay-types'

export const STATES: readonly ReplayState[] = ['queued', 'running', 'done', 'adopting', 'adopted', 'left', 'cancelled', 'failed']
export const RULES = ['today', 'that-day'] as const
const WORKED_ON: readonly ReplayState[] = ['queued', 'running', 'adopting']
export const MOST_DAYS = 366
const DAY_MS = 86_400_000

export const isWorkedOn = (replay: Pick<Replay, 'state'>): boolean => WORKED_ON.includes(replay.state)

/** How much of it is judged, 0 to 1. */
export const shareDone = (replay: Pick<Replay, 'days' | 'days_done'>): number => (replay.days ? Math.min(1, replay.days_done / replay.days) : 0)

/** Days of the park's calendar, some on. */
export const dayOn = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** How many days two inclusive ones hold; NaN while one is missing. */
export const daysOf = (first: string, last: string): number => (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / DAY_MS + 1

/** The last day of a replay, whose `to` is exclusive. */
export const lastDay = (replay: Pick<Replay, 'to'>): string => dayOn(replay.to, -1)

/** Fields with a column of their own; the rest is said together. */
const OWN_COLUMN: readonly string[] = ['mean', 'converted_mean', 'limit', 'compliant', 'verdict', 'reason', 'ratio', 'valid', 'standard', 'clause']
export const otherChanges = (one: Pick<ReplayDifference, 'changes'>) => one.changes.filter((change) => !OWN_COLUMN.includes(change.field))

/** Old and new text of a field; only one where both are the same. */
export function pairOf(one: Pick<ReplayDifference, 'before' | 'after'>, text: (side: ReplaySide) => string): { before: string; after: string; same: boolean } {
  const [before, after] = [one.before ? text(one.before) : '', one.after ? text(one.after) : '']
  return { before, after, same: before === after }
}
