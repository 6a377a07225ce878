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

export interface Axis {
  min: number
  max: number
  interval: number
}

/** A value axis over [low, high] with four to eight steps, each a round number, that begins and ends on one of them. */
export function roundAxis(low: number, high: number): Axis {
  const span = high > low ? high - low : Math.abs(high) || 1
  const raw = span / 5
  const unit = 10 ** Math.floor(Math.log10(raw))
  const interval = ([1, 2, 2.5, 5].find((step) => step * unit >= raw * 0.999) ?? 10) * unit
  // 0.1 * 3 is not 0.3 in a computer: the labels are rounded back.
  const round = (steps: number) => Number((steps * interval).toPrecision(10))
  const first = Math.floor(low / interval + 1e-9)
  return { min: round(first), max: round(Math.max(first + 1, Math.ceil(high / interval - 1e-9))), interval: round(1) }
}

/** Values with nothing measured on either side: a line has no length there, only a symbol can show them. */
export function loneValues(cells: Float64Array): [number, number][] {
  const found: [number, number][] = []
  // NaN also stands for "no neighbour": reading past either end gives undefined.
  const missing = (index: number) => Number.isNaN(cells[index] ?? Number.NaN)
  for (let at = 1; at < cells.length; at += 2) {
    if (!missing(at) && missing(at - 2) && missing(at + 2)) found.push([cells[at - 1]!, cells[at]!])
  }
  return found
}

/** The part of a gap inside [from, to]; null when it lies outside. */
export function clippedGap(gap: readonly [number, number, string], from: number, to: number): { from: number; to: number; reason: string } | null {
  const [start, end] = [Math.max(gap[0], from), Math.min(gap[1], to)]
  return start < end ? { from: start, to: end, reason: gap[2] } : null
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
