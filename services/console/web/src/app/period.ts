/** Periods of statistics: days of the park, both inclusive, as they stand in the address; the platform takes half-open instants. */
import { parkDate } from './park-time'

const DAY_MS = 86_400_000
const isDay = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text)

export interface DayPeriod { from: string; to: string }

export function periodOf(from: unknown, to: unknown, now: number, days = 30): DayPeriod {
  const last = isDay(to) ? to : parkDate(now)
  return { from: isDay(from) ? from : parkDate(Date.parse(`${last}T00:00:00+08:00`) - (days - 1) * DAY_MS), to: last }
}

export function instantsOf(period: DayPeriod): { from: string; to: string } {
  const after = parkDate(Date.parse(`${period.to}T00:00:00+08:00`) + DAY_MS)
  return { from: `${period.from}T00:00:00+08:00`, to: `${after}T00:00:00+08:00` }
}
