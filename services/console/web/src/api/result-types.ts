/** Shapes of results of outlets: long periods, permitted quantities, emissions, transmission (source-monitoring). */
import type { FactorAssessment } from './review-types'
import type { Page } from './types'

export interface LongResult {
  period: string
  period_start: string
  revision: number
  made_at: string
  factors: FactorAssessment[]
  days: number
  final_days: number
  final: boolean
}

export interface PermittedQuantity {
  quantity_id: string
  enterprise_id: string
  enterprise_name_zh: string
  enterprise_name_en: string
  point_id: string | null
  point_name_zh: string | null
  point_name_en: string | null
  factor: string
  factor_name_zh: string
  factor_name_en: string
  year: number
  permitted_kg: string
  permit: string
  author: string
  used_kg: string
  substituted_kg: string
  share: string
  rate_kg_day: string | null
  runs_out: string | null
  at_year_end_kg: string | null
  days: number
  last_day: string | null
  warned: string[]
  pace?: { expected_kg: string; ratio: string; ahead: boolean; warning: string } | null
}

export interface Emission {
  factor: string
  factor_name_zh: string
  factor_name_en: string
  month?: string
  emission_kg: string
  substituted_kg: string
  total_kg: string
  days: number
}

export interface TransmissionRow {
  point_id?: string
  point_name_zh?: string
  point_name_en?: string
  enterprise_id?: string
  enterprise_name_zh?: string
  factor?: string
  factor_name_zh?: string
  factor_name_en?: string
  day?: string
  month?: string
  expected: number
  received: number
  in_time: number
  valid: number
  stopped: number
  transmission_rate: string | null
  instant_rate: string | null
  validity_rate: string | null
  effective_rate: string | null
  level: 'ok' | 'warning' | 'serious' | 'none'
}

export interface TransmissionPage extends Page<TransmissionRow> {
  from: string
  to: string
  thresholds: { warning: string; serious: string; completeness: string }
}

export interface TransmissionLoss {
  factor: string
  hour_start: string
  verdict: string
  reason: string
  mark: string
  condition_mark: string
  equipment_mark: string
  excused: boolean
}
