/** From the API's series to what the chart draws. Pure, so that peaks, gaps and marks can be tested without a canvas. */
import type { Limit, SeriesItem } from '@/api/types'
import { isFlagged } from './values'

export interface MarkedValue {
  at: number
  value: number
  mark: string
}

/** One interleaved array [t0, v0, t1, v1, ...]: ECharts silently refuses separate typed columns (echarts#10223). */
export function interleave(values: SeriesItem['values'], gaps: readonly (readonly [number, number, string])[] = []): Float64Array {
  const breaks = gaps.map(([from, to]) => [from, to] as const).sort((a, b) => a[0] - b[0])
  const cells: number[] = []
  let next = 0
  for (const [at, value] of values) {
    // The line must not run across a gap as if something had been measured in it.
    while (next < breaks.length && breaks[next]![0] < at) {
      if (cells.length) cells.push(breaks[next]![0], Number.NaN)
      next += 1
    }
    cells.push(at, value === null || value === '' ? Number.NaN : Number(value))
  }
  return Float64Array.from(cells)
}

export function markedValues(values: SeriesItem['values']): MarkedValue[] {
  const found: MarkedValue[] = []
  for (const [at, value, mark] of values) if (isFlagged(mark) && value !== null) found.push({ at, value: Number(value), mark: mark! })
  return found
}

export interface LimitLine {
  bound: 'upper' | 'lower'
  value: number
  from: number
  to: number
  standard: string
  clause: string
  averaging: string
}

const day = (text: string | null | undefined, otherwise: number): number => {
  if (!text) return otherwise
  // A date alone is a day of the park (UTC+8), not of the browser.
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00+08:00` : text)
  return Number.isNaN(ms) ? otherwise : ms
}

/** Limits in force inside [from, to], each clipped to its validity; the day of valid_to itself is still inside. */
export function limitLines(limits: readonly Limit[], from: number, to: number): LimitLine[] {
  const lines: LimitLine[] = []
  for (const limit of limits) {
    const start = Math.max(from, day(limit.valid_from, from))
    const end = Math.min(to, limit.valid_to ? day(limit.valid_to, to) + 86_400_000 : to)
    if (start >= end) continue
    for (const bound of ['upper', 'lower'] as const) {
      const text = limit[bound]
      if (!text || Number.isNaN(Number(text))) continue
      if (lines.some((line) => line.bound === bound && line.value === Number(text) && line.from === start && line.averaging === limit.averaging)) continue
      lines.push({ bound, value: Number(text), from: start, to: end, standard: limit.standard, clause: limit.clause, averaging: limit.averaging })
    }
  }
  return lines
}

/** The limits that are written for the shown period; when there is none, all of them. */
export function limitsFor(limits: readonly Limit[], period: string): readonly Limit[] {
  const own = limits.filter((limit) => limit.averaging === period)
  return own.length ? own : limits
}

/** The next round number at or above a positive value, so that an axis ends on a label people like. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return value
  const unit = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10].find((one) => one * unit >= value) ?? 10
  return Number((step * unit).toPrecision(6))
}

export interface Statistics {
  count: number
  minimum: number | null
  maximum: number | null
  mean: number | null
}

export function statistics(values: SeriesItem['values']): Statistics {
  let count = 0
  let sum = 0
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (const [, value] of values) {
    if (value === null || value === '') continue
    const number = Number(value)
    count += 1
    sum += number
    minimum = Math.min(minimum, number)
    maximum = Math.max(maximum, number)
  }
  return count ? { count, minimum, maximum, mean: sum / count } : { count, minimum: null, maximum: null, mean: null }
}
