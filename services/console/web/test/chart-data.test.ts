import { describe, expect, it } from 'vitest'
import { interleave, limitLines, limitsFor, loneValues, clippedGap, markedValues, roundAxis, statistics } from '@/ui/chart-data'
import type { Limit } from '@/api/types'

const limit = (rest: Partial<Limit>): Limit => ({ standard: 'GB 18918-2002', clause: '1', averaging: 'hour', upper: '50', ...rest })

describe('values for the chart', () => {
  it('become one interleaved array, a missing value being not a number', () => {
    expect([...interleave([[1, 5], [2, null], [3, '7.5']])]).toEqual([1, 5, 2, Number.NaN, 3, 7.5])
  })

  it('break the line inside a gap', () => {
    expect([...interleave([[10, 1], [50, 2]], [[20, 40, 'offline']])]).toEqual([10, 1, 20, Number.NaN, 50, 2])
  })

  it('name the values a line cannot show, because nothing was measured beside them', () => {
    const cells = interleave([[10, 1], [50, 2], [80, 3], [90, 4], [100, null], [110, 5]], [[20, 40, 'missing'], [60, 70, 'missing']])
    expect(loneValues(cells)).toEqual([[10, 1], [50, 2], [110, 5]])
    expect(loneValues(interleave([[10, 1]]))).toEqual([[10, 1]])
    expect(loneValues(interleave([[10, 1], [20, 2]]))).toEqual([])
  })

  it('keep of a gap what is inside the shown time', () => {
    expect(clippedGap([5, 30, 'missing'], 10, 20)).toEqual({ from: 10, to: 20, reason: 'missing' })
    expect(clippedGap([25, 30, 'missing'], 10, 20)).toBeNull()
  })

  it('keep only marks that are not normal', () => {
    expect(markedValues([[1, 2, 'N'], [2, 3, null], [3, 4, 'C']])).toEqual([{ at: 3, value: 4, mark: 'C' }])
  })

  it('give statistics without the missing ones', () => {
    expect(statistics([[1, 2], [2, null], [3, '4']])).toEqual({ count: 2, minimum: 2, maximum: 4, mean: 3 })
    expect(statistics([]).mean).toBeNull()
  })
})

describe('limit lines', () => {
  const [from, to] = [Date.parse('2026-01-10T00:00:00+08:00'), Date.parse('2026-01-20T00:00:00+08:00')]

  it('are clipped to the days the limit is in force, by the park clock', () => {
    const lines = limitLines([limit({ valid_from: '2025-01-01', valid_to: '2026-01-14' }), limit({ upper: '30', valid_from: '2026-01-15' })], from, to)
    const change = Date.parse('2026-01-15T00:00:00+08:00')
    expect(lines.map((line) => [line.value, line.from, line.to])).toEqual([[50, from, change], [30, change, to]])
  })

  it('leave out limits that are not in force', () => {
    expect(limitLines([limit({ valid_from: '2027-01-01' })], from, to)).toEqual([])
  })

  it('draw both bounds of a range', () => {
    expect(limitLines([limit({ lower: '6', upper: '9' })], from, to).map((line) => line.bound)).toEqual(['upper', 'lower'])
  })

  it('prefer those written for the shown period', () => {
    const [hour, day] = [limit({}), limit({ averaging: 'day' })]
    expect(limitsFor([hour, day], 'day')).toEqual([day])
    expect(limitsFor([hour, day], 'realtime')).toEqual([hour, day])
  })

  it('stand on an axis that begins and ends on a round step', () => {
    expect(roundAxis(85.3, 149)).toEqual({ min: 80, max: 160, interval: 20 })
    expect(roundAxis(4.8, 9.36)).toEqual({ min: 4, max: 10, interval: 1 })
    expect(roundAxis(0, 0.31)).toEqual({ min: 0, max: 0.4, interval: 0.1 })
    expect(roundAxis(-3.2, 4)).toEqual({ min: -4, max: 4, interval: 2 })
    expect(roundAxis(7, 7).max).toBeGreaterThan(7 - 1e-9)
    for (const [low, high] of [[0.013, 0.02], [1200, 98000], [0, 0], [5, 5]] as const) {
      const axis = roundAxis(low, high)
      expect(axis.min).toBeLessThanOrEqual(low)
      expect(axis.max).toBeGreaterThanOrEqual(high)
      expect(axis.max).toBeGreaterThan(axis.min)
    }
  })
})
