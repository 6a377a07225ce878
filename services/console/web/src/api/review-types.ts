/** Shapes of the data review: days of outlets, assessments in layers, corrections, evidence (source-monitoring). Days are texts YYYY-MM-DD. */
import type { Medium, Page } from './types'

export type ReviewState = 'raw' | 'checked' | 'reviewed' | 'approved'

export type ReviewStep = 'review' | 'approve' | 'return' | 'reopen'

export interface Evidence {
  kind: 'photo' | 'log' | 'document' | 'laboratory' | 'other'
  reference: string
  note?: string
  file?: EvidenceFile
}

/** An uploaded file; what was attached never changes. `duplicate`: the same bytes had been uploaded before. */
export interface EvidenceFile { file_id: string; sha256: string; name: string; media: 'photo' | 'video' | 'document'; media_type: string; bytes: number; duplicate?: boolean }

export interface ReviewIssue {
  code: string
  zh: string
  en: string
  factor: string
  hours: number[]
}

export interface ReviewDay {
  point_id: string
  day: string
  state: ReviewState
  version: number
  final: boolean
  approved_version: number | null
  point_code: string
  point_name_zh: string
  point_name_en: string
  medium: Medium
  enterprise_id: string | null
  enterprise_name_zh: string
  enterprise_name_en: string
  issues: ReviewIssue[]
  changed_at: string
  reviewed_by: string | null
  approved_by: string | null
  digest: string
  allowed: ReviewStep[]
}

export interface ReviewsPage extends Page<ReviewDay> {
  counts: Record<ReviewState, number>
}

export interface FactorAssessment {
  factor: string
  unit: string
  valid: boolean
  valid_count: number
  expected_count: number
  mean?: string
  minimum?: string
  maximum?: string
  limit?: string
  ratio?: number
  compliant?: boolean
  standard?: string
  clause?: string
  converted_mean?: string
  total?: string
  reported?: string
  reported_converted?: string
  reason?: string
  verdict?: string
  exempt?: boolean
  baseline?: string
  raw?: string
  mark?: string
  marks?: Record<string, number>
  condition_mark?: string
  equipment_mark?: string
  in_time?: boolean
  emission?: string
  substituted?: string
  substitution?: string
  corrected_from?: string
  correction?: string
}

export interface Assessment {
  point_id: string
  period: string
  period_start: string
  revision: number
  made_at: string
  factors: FactorAssessment[]
}

export interface ReviewStepRow {
  step: number
  version: number
  action: string
  from_state: ReviewState
  to_state: ReviewState
  actor: string
  reason: string
  evidence: Evidence[]
  digest: string
  at: string
}

export interface Correction {
  correction_id: string
  factor: string
  hour_start: string
  kind: 'invalidate' | 'validate' | 'replace'
  value: string | null
  reason: string
  evidence: Evidence[]
  author: string
  created_at: string
  withdrawn_at: string | null
  withdrawn_by: string | null
  withdrawal_reason: string | null
}

export interface ReviewDetail extends ReviewDay {
  steps: ReviewStepRow[]
  corrections: Correction[]
  hours: Assessment[]
  day_result: Assessment | null
}

export interface Difference {
  factor: string
  field: string
  before: unknown
  after: unknown
}

export interface HourVersion {
  revision: number
  made_at: string
  factors: FactorAssessment[]
  differences: Difference[]
}

export interface BatchOutcome {
  point_id: string
  day: string
  taken: boolean
  state?: ReviewState
  code?: string
  what_zh?: string
  what_en?: string
}
