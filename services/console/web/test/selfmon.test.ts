import { describe, expect, it } from 'vitest'
import type { Due, DueState } from '@/api/selfmon-types'
import { calendarOf, filledOf, monthOn, monthSpan, rateText, worst } from '@/pages/selfmon/selfmon-rules'

const due = (due_at: string, state: DueState = 'due') => ({ due_at, state, plan_id: 'p', start: due_at }) as Due

describe('the calendar of manual monitoring', () => {
  it('goes from month to month over the end of a year', () => {
    expect([monthOn('2026-12', 1), monthOn('2026-01', -1), monthOn('2026-05', 0)]).toEqual(['2027-01', '2025-12', '2026-05'])
    expect(monthSpan('2026-02')).toEqual({ from: '2026-02-01', to: '2026-03-01' })
  })
  it('shows whole weeks from Monday that cover the month', () => {
    const days = calendarOf('2026-11', [])
    expect(days.length % 7).toBe(0)
    expect([days[0]!.day, days[days.length - 1]!.day]).toEqual(['2026-10-26', '2026-12-06'])
    expect(days.filter((one) => one.inMonth)).toHaveLength(30)
  })
  it('puts a period that ends at midnight on the day before it, by the clock of the park', () => {
    const days = calendarOf('2026-11', [due('2026-11-30T16:00:00Z'), due('2026-11-10T02:00:00Z')])
    expect(days.filter((one) => one.dues.length).map((one) => one.day)).toEqual(['2026-11-10', '2026-11-30'])
  })
  it('colours a day by what asks for most', () => {
    expect(worst([due('2026-11-01', 'done'), due('2026-11-01', 'overdue'), due('2026-11-01', 'due')])).toBe('overdue')
    expect(worst([])).toBe('')
  })
})

describe('forms of manual monitoring', () => {
  it('send what holds something, trimmed', () => {
    expect(filledOf({ value: ' 4 ', unit: '', note: '  ' })).toEqual({ value: '4' })
  })
  it('say nothing where nothing was owed', () => {
    expect([rateText(null), rateText(0.8125)]).toEqual(['—', '81.3 %'])
  })
})
