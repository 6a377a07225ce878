/** What a review page decides without a browser: steps that can be taken together, layers worth a column, words of values. */
import type { FactorAssessment, ReviewDay, ReviewDetail, ReviewStep } from '@/api/review-types'

export const STEPS: readonly ReviewStep[] = ['review', 'approve', 'return', 'reopen']
/** The platform refuses these without a reason. */
export const NEEDS_REASON: readonly ReviewStep[] = ['return', 'reopen']
/** A batch holds so many days. */
export const A_BATCH = 200

export const keyOf = (day: Pick<ReviewDay, 'point_id' | 'day'>): string => `${day.point_id}/${day.day}`

/** The days of a selection on which this person may take the step now. */
export function takers(days: readonly ReviewDay[], step: ReviewStep): ReviewDay[] {
  return days.filter((day) => day.allowed.includes(step))
}

export type Layer = keyof FactorAssessment
/** Layers from what came in to what counts; the first ones of each group are shown when room is short. */
export const LAYERS: readonly { layer: Layer; main: boolean; number: boolean }[] = [
  { layer: 'raw', main: true, number: true }, { layer: 'mark', main: true, number: false }, { layer: 'mean', main: true, number: true }, { layer: 'reported', main: false, number: true }, { layer: 'converted_mean', main: true, number: true },
  { layer: 'reported_converted', main: false, number: true }, { layer: 'baseline', main: false, number: false }, { layer: 'condition_mark', main: true, number: false }, { layer: 'equipment_mark', main: true, number: false }, { layer: 'verdict', main: true, number: false },
  { layer: 'reason', main: true, number: false }, { layer: 'valid_count', main: false, number: true }, { layer: 'limit', main: true, number: true }, { layer: 'compliant', main: true, number: false }, { layer: 'total', main: false, number: true },
  { layer: 'emission', main: true, number: true }, { layer: 'substituted', main: false, number: true }, { layer: 'corrected_from', main: true, number: true },
]

/** A column stands when any hour has something in it; the verdict always. */
export function layersOf(rows: readonly FactorAssessment[], all: boolean): typeof LAYERS {
  const spoken = (layer: Layer) => rows.some((row) => row[layer] !== undefined && row[layer] !== '' && row[layer] !== null)
  return LAYERS.filter(({ layer, main }) => layer === 'verdict' || ((all || main) && spoken(layer)))
}

export interface HourRow { start: string; hour: number; revision: number; value: FactorAssessment }

/** One factor through the day, in order of time. */
export function hoursOf(detail: Pick<ReviewDetail, 'hours'>, factor: string): HourRow[] {
  return detail.hours
    .flatMap((one) => one.factors.filter((value) => value.factor === factor).map((value) => ({ start: one.period_start, hour: parkHour(one.period_start), revision: one.revision, value })))
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
}

/** Hour of the park's day (UTC+8). */
export const parkHour = (instant: string): number => (new Date(Date.parse(instant)).getUTCHours() + 8) % 24

/** Factors of a day, those with findings first. */
export function factorsOf(detail: Pick<ReviewDetail, 'hours' | 'day_result' | 'issues'>): string[] {
  const found = new Set<string>(detail.issues.map((issue) => issue.factor).filter(Boolean))
  for (const one of [...detail.hours, ...(detail.day_result ? [detail.day_result] : [])]) for (const value of one.factors) found.add(value.factor)
  return [...found]
}

/** Hours as people write them: 0-3, 7. */
export function hourRanges(hours: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = ranges[ranges.length - 1]
    if (last && hour <= last[1] + 1) last[1] = hour
    else ranges.push([hour, hour])
  }
  return ranges.map(([first, end]) => (first === end ? `${first}` : `${first}–${end}`)).join(', ')
}

/** A field of a version as a short text. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
