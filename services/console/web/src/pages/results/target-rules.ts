/** What targets of a station can be of, and how far a value is from its bound. */
import type { ComparedStatistics } from '@/api/station-types'
import type { Medium } from '@/api/types'

export type Target = ComparedStatistics['targets'][number]
/** Beside the factors of the station. A good share is a least one, everything else a most. */
const MEASURES: Partial<Record<Medium, readonly string[]>> = { 'ambient-air': ['index', 'good_share'], 'surface-water': ['class', 'index'] }
export const measuresOf = (medium: Medium | undefined): readonly string[] => (medium && MEASURES[medium]) ?? []
export const isLeast = (measure: string): boolean => measure === 'good_share'

/** Where the bound stands on the bar, per cent: the value may go on beyond it. */
export const BOUND_AT = 70

/** The length of a value's bar, per cent of its room; null without a value. */
export function barLength(target: Pick<Target, 'value' | 'bound'>): number | null {
  const [value, bound] = [Number(target.value), Number(target.bound)]
  if (target.value === null || !(bound > 0) || !Number.isFinite(value)) return null
  return Math.max(0, Math.min(100, (value / bound) * BOUND_AT))
}

export interface TargetRow { measure: string; bound: string }
/** The set as it is sent; rows without a measure say nothing. */
export const boundsOf = (rows: readonly TargetRow[]): Record<string, string> => Object.fromEntries(rows.filter((row) => row.measure).map((row) => [row.measure, row.bound.trim()]))
/** Measures that stand twice. */
export const twice = (rows: readonly TargetRow[]): string[] => rows.map((row) => row.measure).filter((measure, at, all) => measure && all.indexOf(measure) !== at)
