/** Monitors, the checks they need and those that were made (source-monitoring). Instants are ISO texts. */
import type { Evidence } from './review-types'
import type { Medium, Page } from './types'

export type DueState = 'overdue' | 'due' | 'ok' | 'no-record'
export type Requirement = 'calibration' | 'full-system' | 'verification' | 'standard-check' | 'auto-calibration' | 'comparison'
export type CheckOutcome = 'pass' | 'adjust' | 'out-of-control'

export interface DueCheck {
  point_id: string
  point_name_zh: string
  point_name_en: string
  enterprise_name_zh: string
  enterprise_name_en: string
  factor: string
  factor_name_zh: string
  factor_name_en: string
  monitor_id: string
  kind: string
  kind_zh: string
  kind_en: string
  requirement: Requirement
  requirement_zh: string
  requirement_en: string
  interval: number
  interval_unit: 'h' | 'd' | 'month'
  standard: string
  confidence: string
  last_pass: string | null
  due_at: string | null
  state: DueState
}
export interface DuePage extends Page<DueCheck> { counts: Record<DueState, number> }

export interface CheckFigures {
  monitor: string | null
  check: string | null
  drift: string | null
  absolute: string | null
  reference?: string | null
  measured?: string | null
  full_scale?: string | null
}
export interface CheckRow {
  check_id: string
  factor: string
  at: string
  kind: string
  requirement: Requirement | ''
  outcome: CheckOutcome
  figures: CheckFigures
  note: string
  evidence: Evidence[]
  author: string
  recorded_at: string
}
/** An open end is null. */
export interface CheckSpan { start: string | null; end: string | null }
export interface ChecksPage extends Page<CheckRow> {
  out_of_control: Record<string, CheckSpan[]>
  overdue: Record<string, CheckSpan[]>
  due: DueCheck[]
}

export interface MonitorKind {
  kind: string
  name_zh: string
  name_en: string
  media: Medium[]
  /** Empty: any factor. */
  factors: string[]
  requirements: {
    requirement: Requirement
    name_zh: string
    name_en: string
    interval: number
    interval_unit: 'h' | 'd' | 'month'
    pass_criterion: string
    out_of_control: string
    standard: string
    confidence: string
  }[]
}
export interface Monitor {
  monitor_id: string
  factor: string
  kind: string
  kind_zh: string
  kind_en: string
  since: string
  until: string | null
  reason: string
  author: string
  filed_at: string
  voided_at: string | null
  voided_by: string | null
  void_reason: string | null
}
