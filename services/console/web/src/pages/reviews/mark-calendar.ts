/** A month of marks as a calendar: weeks from Monday on, and how many hours of each day are marked. Park time. */
import type { PointMark } from '@/api/mark-types'
import { toMs } from '@/app/park-time'

const DAY_MS = 86_400_000
const startOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)
const textOf = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)

export interface MarkedDay { day: string; inMonth: boolean; marks: PointMark[]; hours: number }

/** `2026-11` some months on. */
export function monthOn(month: string, months: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const at = year * 12 + number - 1 + months
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
}

/** First and last instant of a month, as the platform is asked. */
export const spanOfMonth = (month: string): { from: string; to: string } => ({ from: `${month}-01T00:00:00+08:00`, to: `${monthOn(month, 1)}-01T00:00:00+08:00` })

/** Hours of a day that one or more marks cover, each hour once. */
function covered(day: string, marks: readonly PointMark[]): number {
  const [begin, end] = [startOf(day), startOf(day) + DAY_MS]
  const spans = marks.map((one) => [Math.max(begin, toMs(one.start)), Math.min(end, toMs(one.end))] as const).filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0])
  let [sum, until] = [0, begin]
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return sum / 3_600_000
}

/** Whole weeks that hold the month; marks that were rejected or withdrawn count for nothing. */
export function weeksOf(month: string, marks: readonly PointMark[]): MarkedDay[][] {
  const standing = marks.filter((one) => one.state === 'submitted' || one.state === 'accepted')
  const first = startOf(`${month}-01`)
  const monday = first - ((new Date(first + 8 * 3_600_000).getUTCDay() + 6) % 7) * DAY_MS
  const weeks: MarkedDay[][] = []
  for (let at = monday; textOf(at) < `${monthOn(month, 1)}-01`; at += 7 * DAY_MS) {
    weeks.push(Array.from({ length: 7 }, (_, n) => {
      const day = textOf(at + n * DAY_MS)
      const of = standing.filter((one) => toMs(one.start) < startOf(day) + DAY_MS && toMs(one.end) > startOf(day))
      return { day, inMonth: day.startsWith(month), marks: of, hours: covered(day, of) }
    }))
  }
  return weeks
}
