import { describe, expect, it } from 'vitest'
import type { FactorAssessment, ReviewDay } from '@/api/review-types'
import type { RoseSector } from '@/api/station-types'
import { curveSpan } from '@/pages/anomalies/evidence-window'
import { digits, massText, percentText, petals, quotaLevel, shareText, signedText, spanText, tint } from '@/pages/results/result-rules'
import { factorsOf, hourRanges, hoursOf, layersOf, parkHour, takers, valueText } from '@/pages/reviews/review-rules'

const value = (factor: string, more: Partial<FactorAssessment> = {}): FactorAssessment => ({ factor, unit: 'mg/L', valid: true, valid_count: 6, expected_count: 6, ...more })
const hourAt = (start: string, ...factors: FactorAssessment[]) => ({ point_id: 'p', period: 'hour', period_start: start, revision: 2, made_at: start, factors })
const day = (allowed: ReviewDay['allowed']) => ({ point_id: 'p', day: '2026-11-21', allowed }) as unknown as ReviewDay

describe('a reviewed day', () => {
  it('gives a step only to the days on which this person may take it', () => {
    const days = [day(['review']), day(['approve', 'return']), day([])]
    expect(['review', 'approve', 'return', 'reopen'].map((step) => takers(days, step as 'review').length)).toEqual([1, 1, 1, 0])
  })

  it('puts the hours of one factor in order of park time, whatever order they came in', () => {
    const detail = { hours: [hourAt('2026-11-21T01:00:00+08:00', value('w01018', { mean: '31' })), hourAt('2026-11-20T16:00:00Z', value('w01018'), value('w21003'))] }
    expect(hoursOf(detail, 'w01018').map((row) => [row.hour, row.revision, row.value.mean])).toEqual([[0, 2, undefined], [1, 2, '31']])
    expect(hoursOf(detail, 'w21003')).toHaveLength(1)
    expect(parkHour('2026-11-21T15:59:59Z')).toBe(23)
  })

  it('shows factors with findings first, each once', () => {
    const detail = { hours: [hourAt('2026-11-21T00:00:00+08:00', value('w01018'), value('w21003'))], day_result: null, issues: [{ code: 'x', zh: '', en: '', factor: 'w21003', hours: [] }, { code: 'y', zh: '', en: '', factor: '', hours: [] }] }
    expect(factorsOf(detail)).toEqual(['w21003', 'w01018'])
  })

  it('has a column for a layer that speaks, the verdict always, the lesser ones when asked for', () => {
    const rows = [value('a', { raw: '1', mean: '1', reported: '1.1', baseline: 'valid' }), value('a', { condition_mark: 'stopped' })]
    const names = (all: boolean) => layersOf(rows, all).map((one) => one.layer)
    expect(names(false)).toEqual(['raw', 'mean', 'condition_mark', 'verdict'])
    expect(names(true)).toEqual(['raw', 'mean', 'reported', 'baseline', 'condition_mark', 'verdict', 'valid_count'])
    expect(layersOf([], true).map((one) => one.layer)).toEqual(['verdict'])
  })

  it('writes hours as ranges and fields of a version as short texts', () => {
    expect(hourRanges([7, 0, 1, 2, 2, 23])).toBe('0–2, 7, 23')
    expect(hourRanges([])).toBe('')
    expect([null, '', 0, false, { T: 2 }].map(valueText)).toEqual(['—', '—', '0', 'false', '{"T":2}'])
  })
})

describe('numbers of results', () => {
  it('writes masses in the unit that reads best, digits without noise', () => {
    expect(['0.4567891', '999.94', '1234567', null, '', 'x'].map(massText)).toEqual(['0.4568 kg', '999.9 kg', '1235 t', '—', '—', '—'])
    expect([0, '0.000012345', '-3.14159', '12345.6'].map(digits)).toEqual(['0', '0.000012', '-3.142', '12346'])
    expect([0.9, '1', null].map(shareText)).toEqual(['90.0 %', '100.0 %', '—'])
  })

  it('tells a quota that is near its end from one that is over it', () => {
    expect(['0.799', '0.8', '1', '1.0001'].map(quotaLevel)).toEqual(['ok', 'near', 'near', 'over'])
  })

  it('names periods and changes', () => {
    expect([spanText('2026-11-01', 'month'), spanText('2026-10-01', 'quarter'), spanText('2026-01-01', 'year'), spanText('2026-11-21', 'day')]).toEqual(['2026-11', '2026 Q4', '2026', '2026-11-21'])
    const change = (percent: string | null) => ({ name: 'index', now: '1', then: '2', difference: '-1', percent, comparable: true })
    expect([change('12.34'), change('-5'), change('0'), change(null), undefined].map(percentText)).toEqual(['+12.3 %', '−5.0 %', '0.0 %', '—', '—'])
    expect(['1.7', '-0.4', '0.0', undefined].map(signedText)).toEqual(['+1.7', '−0.4', '0', '—'])
  })

  it('tints a correlation by its strength, whatever its sign, and a weak one not at all', () => {
    expect([0.9, -0.9, 0.29, null].map(tint)).toEqual([0.9, 0.9, 0, 0])
  })
})

describe('a pollution rose', () => {
  const sector = (direction: string, mean: number | null, frequency: number): RoseSector => ({ direction, direction_zh: direction, hours: 1, frequency, mean, maximum: mean, wind_speed: 1 })
  it('draws the largest mean to the rim, north at the top, and nothing where no hours are', () => {
    const shapes = petals([sector('N', 20, 0.5), sector('E', 10, 0.25), sector('S', null, 0), sector('W', 0, 0.25)], 100)
    expect(shapes.map((one) => [one.sector.direction, one.shade])).toEqual([['N', 1], ['E', 0.5]])
    expect(shapes[0]!.path).toMatch(/A100\.00 100\.00/)
    const [x, y] = shapes[0]!.path.split('L')[1]!.split('A')[0]!.split(' ').map(Number)
    expect(y!).toBeLessThan(0)
    expect(Math.hypot(x!, y!)).toBeCloseTo(100, 1)
    const east = shapes[1]!.path.split('L')[1]!.split('A')[0]!.split(' ').map(Number)
    expect(east[0]!).toBeGreaterThan(0)
  })

  it('is empty without any value', () => {
    expect(petals([], 100)).toEqual([])
    expect(petals([sector('N', null, 0), sector('S', 0, 0)], 100)).toEqual([])
  })
})

describe('the curve of an anomaly', () => {
  it('shows two hours around a short window and a quarter of a long one', () => {
    const hour = 3_600_000
    expect(curveSpan(10 * hour, 11 * hour)).toEqual({ from: 8 * hour, to: 13 * hour })
    expect(curveSpan(0, 40 * hour)).toEqual({ from: -10 * hour, to: 50 * hour })
  })
})
