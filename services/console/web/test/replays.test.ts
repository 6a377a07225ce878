import { describe, expect, it } from 'vitest'
import type { PointMark } from '@/api/mark-types'
import type { ReplaySide } from '@/api/replay-types'
import { dayOn, daysOf, isWorkedOn, lastDay, otherChanges, pairOf, shareDone } from '@/pages/replays/replay-rules'
import { barLength, boundsOf, measuresOf, twice } from '@/pages/results/target-rules'
import { lastDayOf } from '@/pages/results/result-rules'
import { driftOf } from '@/pages/reviews/check-rules'
import { monthOn, spanOfMonth, weeksOf } from '@/pages/reviews/mark-calendar'

describe('a replay', () => {
  it('counts its days and says how far it is', () => {
    expect([daysOf('2026-11-30', '2026-12-02'), dayOn('2026-12-31', 1), dayOn('2026-03-01', -1)]).toEqual([3, '2027-01-01', '2026-02-28'])
    expect(daysOf('', '2026-12-02')).toBeNaN()
    expect(lastDay({ to: '2026-11-01' })).toBe('2026-10-31')
    expect([shareDone({ days: 4, days_done: 1 }), shareDone({ days: 0, days_done: 0 })]).toEqual([0.25, 0])
    expect((['queued', 'running', 'adopting', 'done', 'left'] as const).filter((state) => isWorkedOn({ state }))).toEqual(['queued', 'running', 'adopting'])
  })

  it('shows old and new beside each other, once where nothing changed, and a factor that came or went', () => {
    const side = (mean: string): ReplaySide => ({ unit: 'mg/L', mean, converted_mean: null, limit: null, compliant: null, verdict: 'valid', reason: 'normal', emission: null, substituted: null })
    const text = (one: ReplaySide) => one.mean ?? ''
    expect(pairOf({ before: side('4'), after: side('5') }, text)).toEqual({ before: '4', after: '5', same: false })
    expect(pairOf({ before: side('4'), after: side('4') }, text).same).toBe(true)
    expect(pairOf({ before: null, after: side('4') }, text)).toEqual({ before: '', after: '4', same: false })
    expect(otherChanges({ changes: [{ field: 'mean', before: 1, after: 2 }, { field: 'emission', before: 1, after: 2 }] }).map((one) => one.field)).toEqual(['emission'])
  })
})

describe('checks of monitors', () => {
  it('give the drift of a reading: of full scale, for water of the reference', () => {
    expect(driftOf('gas', '80', '77', '100')).toBeCloseTo(-3)
    expect(driftOf('water analyser', '50', '56', '')).toBeCloseTo(12)
    for (const [instrument, reference, measured, full] of [['gas', '80', '77', ''], ['gas', '80', '', '100'], ['water analyser', '0', '1', '100'], ['flow', 'x', '1', '30']] as const) expect(driftOf(instrument, reference, measured, full)).toBeNull()
  })
})

describe('the calendar of marks', () => {
  const mark = (start: string, end: string, state: PointMark['state'] = 'accepted') => ({ start, end, state }) as PointMark
  it('holds whole weeks from Monday on', () => {
    const weeks = weeksOf('2026-11', [])
    expect([weeks.length, weeks[0]![0]!.day, weeks.at(-1)!.at(-1)!.day]).toEqual([6, '2026-10-26', '2026-12-06'])
    expect(weeks.flat().filter((one) => one.inMonth)).toHaveLength(30)
    expect([monthOn('2026-12', 1), monthOn('2026-01', -1), spanOfMonth('2026-12').to]).toEqual(['2027-01', '2025-12', '2027-01-01T00:00:00+08:00'])
  })
  it('counts an hour once however many marks cover it, cuts marks at midnight, leaves rejected ones out', () => {
    const marks = [mark('2026-11-10T22:00:00+08:00', '2026-11-11T02:00:00+08:00'), mark('2026-11-11T01:00:00+08:00', '2026-11-11T03:30:00+08:00', 'submitted'), mark('2026-11-11T08:00:00+08:00', '2026-11-11T20:00:00+08:00', 'rejected')]
    const by = new Map(weeksOf('2026-11', marks).flat().map((one) => [one.day, one]))
    expect([by.get('2026-11-10')!.hours, by.get('2026-11-11')!.hours, by.get('2026-11-12')!.hours]).toEqual([2, 3.5, 0])
    expect(by.get('2026-11-11')!.marks).toHaveLength(2)
  })
})

describe('targets and periods', () => {
  it('draw a value against its bound, nothing without one', () => {
    expect([barLength({ value: '5', bound: '5' }), barLength({ value: '10', bound: '5' }), barLength({ value: null, bound: '5' }), barLength({ value: '1', bound: '0' })]).toEqual([70, 100, null, null])
  })
  it('send each measure once and say which stands twice', () => {
    const rows = [{ measure: 'index', bound: ' 3.5 ' }, { measure: '', bound: '' }, { measure: 'a34004', bound: '35' }]
    expect(boundsOf(rows)).toEqual({ index: '3.5', a34004: '35' })
    expect(twice([...rows, { measure: 'index', bound: '4' }])).toEqual(['index'])
    expect(measuresOf('surface-water')).toContain('class')
  })
  it('end on the last day of their month, quarter or year', () => {
    expect([lastDayOf('2026-02-01', 'month'), lastDayOf('2026-10-01', 'quarter'), lastDayOf('2026-01-01', 'year')]).toEqual(['2026-02-28', '2026-12-31', '2026-12-31'])
  })
})
