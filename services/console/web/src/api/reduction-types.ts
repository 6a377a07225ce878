/** Shapes of reductions in heavy-pollution weather (source-monitoring). Shares are decimal text, 0 to 1. */
import type { Evidence } from './review-types'

export type Level = 'yellow' | 'orange' | 'red'
export type Verdict = 'pending' | 'kept' | 'not-kept' | 'not-provable' | 'voluntary'
export type OrderState = 'planned' | 'in-force' | 'lifted' | 'ended' | 'withdrawn'

interface Names {
  enterprise_zh: string
  enterprise_en: string
  point_zh: string
  point_en: string
  point_code: string
  factor_zh: string
  factor_en: string
  unit: string
}

export interface LevelMeasure {
  measure_zh: string
  allowed_share: string | null
}

export interface ListedLine extends Names {
  line_id: string
  version: number
  enterprise_id: string
  line: string
  industry: string
  grade: string
  grade_zh: string
  grade_en: string
  point_id: string | null
  factor: string
  usual_value: string | null
  measures: Partial<Record<Level, LevelMeasure>>
  emissions: Record<string, string>
  note: string
  author: string
  made_at: string
}

export interface LineVersion {
  version: number
  body: Partial<ListedLine>
  author: string
  reason: string
  made_at: string
  retired: boolean
}

export interface LevelWords {
  name_zh: string
  name_en: string
  response: string
  start_zh: string
  start_en: string
  least_share: string
}

export interface GradeWords {
  name_zh: string
  name_en: string
  usual_zh: string
  usual_en: string
  confidence: string
  voluntary: boolean
}

export interface ReductionTables {
  levels: Record<Level, LevelWords>
  grades: Record<string, GradeWords>
  pollutants: string[]
  source_zh: string
  source_en: string
}

export interface ReductionOrder {
  order_id: string
  title_zh: string
  title_en: string
  level: Level
  authority: string
  document: string
  area: string
  starts_at: string
  ends_at: string
  reason: string
  author: string
  made_at: string
  lifted_at: string | null
  lifted_by: string
  lifted_reason: string
  withdrawn_at: string | null
  withdrawn_by: string
  withdrawn_reason: string
  state: OrderState
}

export interface OrderRow extends ReductionOrder {
  measures: number
  enterprises: number
  kept: number
  not_kept: number
  not_provable: number
  pending: number
  voluntary: number
}

export interface Keeping {
  verdict?: Verdict
  reason_zh?: string
  reason_en?: string
  usual?: string | null
  usual_hours?: number
  allowed?: string | null
  mean?: string | null
  achieved?: string | null
  hours?: number
  expected_hours?: number
  hours_over?: number
  until?: string | null
}

export interface MeasureSaid {
  done: boolean
  seen_at: string
  note: string
  author: string
  by_enterprise: boolean
  evidence: number
}

export interface MeasureReport extends Omit<MeasureSaid, 'evidence'> {
  report_id: string
  evidence: Evidence[]
  made_at: string
}

export interface OrderMeasure extends Names {
  report: MeasureSaid | null
  measure_id: string
  enterprise_id: string | null
  line: string
  grade: string
  grade_zh: string
  grade_en: string
  point_id: string | null
  factor: string
  allowed_share: string | null
  measure_zh: string
  keeping: Keeping
  verdict: Verdict
  judged_at: string | null
  broken: number
}

export interface EmissionSum {
  pollutant: string
  listed_kg: string
  ordered_kg: string
  shown_kg: string
  ordered_share: string | null
  shown_share: string | null
  least_share: string
}

export interface OrderDetail extends ReductionOrder {
  level_zh: string
  level_en: string
  response: string
  summary: { measures: Record<string, number>; enterprises: Record<string, number>; emissions: EmissionSum[] }
  measures: OrderMeasure[]
}

export interface MeasureDetail extends OrderMeasure {
  order: ReductionOrder
  reports: MeasureReport[]
  curve: [number, number, string | null][]
  found: { anomaly_id: string; started_at: string; ended_at: string; sentence_zh: string; sentence_en: string; state: string }[]
  frames: { point_id: string; period: string; from: string; to: string } | null
}

export interface ListImport {
  filename: string
  dry_run: boolean
  stored: boolean
  total: number
  created: number
  updated: number
  unchanged: number
  rejected: number
  columns: Record<string, { zh: string; en: string }>
  rows: { row: number; status: 'created' | 'updated' | 'unchanged' | 'rejected'; key: string; errors: { column: string; value: string; what_zh: string; what_en: string }[] }[]
}
