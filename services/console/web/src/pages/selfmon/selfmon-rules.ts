/** What the pages of manual monitoring work out for themselves: months, the days of a calendar, what a form sends. */
import type { Due, DueState } from '@/api/selfmon-types'
import { parkDate, toMs } from '@/app/park-time'

export const DUE_STATES: readonly DueState[] = ['overdue', 'due', 'upcoming', 'done', 'exempt']

/** The month before or after one; months and days are texts of the park's calendar. */
export function monthOn(month: string, step: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const moved = year * 12 + number - 1 + step
  return `${Math.floor(moved / 12)}-${String((moved % 12) + 1).padStart(2, '0')}`
}
/** First day of a month and of the one after it. */
export const monthSpan = (month: string): { from: string; to: string } => ({ from: `${month}-01`, to: `${monthOn(month, 1)}-01` })

export interface CalendarDay { day: string; inMonth: boolean; dues: Due[] }
/** Whole weeks from Monday that cover a month, each day with what has to be in by its end. */
export function calendarOf(month: string, dues: readonly Due[]): CalendarDay[] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const begin = first.getTime() - ((first.getUTCDay() + 6) % 7) * 86_400_000
  const end = new Date(`${monthOn(month, 1)}-01T00:00:00Z`).getTime()
  const byDay = new Map<string, Due[]>()
  // A period that ends at midnight is due by the evening before.
  for (const due of dues) {
    const day = parkDate(toMs(due.due_at) - 1)
    byDay.set(day, [...(byDay.get(day) ?? []), due])
  }
  const found: CalendarDay[] = []
  for (let at = begin; at < end || found.length % 7; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    found.push({ day, inMonth: day.startsWith(month), dues: byDay.get(day) ?? [] })
  }
  return found
}
/** The state that a day is coloured by: the one that asks for most. */
export const worst = (dues: readonly Due[]): DueState | '' => DUE_STATES.find((state) => dues.some((one) => one.state === state)) ?? ''

/** The fields that hold something, trimmed: an empty field is not sent. */
export const filledOf = (form: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(form).map(([name, text]) => [name, text.trim()] as const).filter(([, text]) => text))
export const rateText = (rate: number | null): string => (rate === null ? '—' : `${(rate * 100).toFixed(1)} %`)
