/** Shapes of results of stations: statistics with comparisons, targets, ranking, rose, correlation (quality). */

export interface FactorStatistics {
  factor: string
  name_zh: string
  name_en: string
  unit: string
  valid_days: number
  needed_days: number
  days: number
  complete: boolean
  over_days: number
  mean?: string
  minimum?: string
  maximum?: string
  percentile?: string
  percentile_share?: string
}

/** A factor as lists name it. */
export type MonitoredName = Pick<FactorStatistics, 'factor' | 'name_zh' | 'name_en'>

export interface Grade {
  /** aqi, water-class or noise. */
  kind: string
  value: string
  level: number
  name_zh: string
  name_en: string
  standard?: string
  primary?: string[]
  missing?: string[]
  indicative?: boolean
  trophic?: { index: string; name_zh: string; name_en: string; items: string[]; complete?: boolean } | null
}

export interface StationStatistics {
  span: string
  start: string
  end: string
  days_with_data: number
  factors: FactorStatistics[]
  grade: Grade | null
  index: string | null
  index_note_zh: string
  index_note_en: string
  good_days: number | null
  graded_days: number | null
  good_share: string | null
}

export interface Change {
  name: string
  now: string
  then: string
  difference: string
  percent: string | null
  comparable: boolean
}

export interface ComparedStatistics {
  statistics: StationStatistics
  against_year_before: Change[]
  against_period_before: Change[]
  targets: { measure: string; bound: string; value: string | null; kept: boolean | null }[]
}

export interface TargetSet {
  year: number
  /** 0: none yet. */
  version: number
  bounds: Record<string, string>
  versions: { version: number; bounds: Record<string, string>; author: string; reason: string; made_at: string }[]
}

export interface RankedStation {
  point_id: string
  name_zh: string
  name_en: string
  value: string | null
  value_before: string | null
  complete: boolean
  place: number | null
  place_before: number | null
}

export interface RoseSector {
  direction: string
  direction_zh: string
  hours: number
  frequency: number
  mean: number | null
  maximum: number | null
  wind_speed: number | null
}

export interface RoseAnswer {
  factor: string
  unit: string
  from: string
  to: string
  rose: { hours: number; sectors: RoseSector[]; calm: RoseSector }
}

export interface Correlated {
  first: string
  second: string
  r: number | null
  pairs: number
}
