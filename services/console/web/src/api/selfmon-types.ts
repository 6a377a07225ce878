/** Shapes of manual monitoring of outlets (/self-monitoring). Decimals are texts; times are instants. */
import type { Evidence } from './review-types'
import type { SheetColumn } from './survey-types'
import type { Page } from './types'

export interface Outlet { point_id: string; code: string; point_name_zh: string; point_name_en: string; enterprise_id: string | null; enterprise_name_zh: string; enterprise_name_en: string }
export interface NamedFactor { factor: string; name_zh: string; name_en: string }
export interface OutletFactor extends NamedFactor { unit: string; limited: boolean }
export interface SelfMonChoices { frequencies: { key: string; name_zh: string; name_en: string }[]; sheets: { results: SheetColumn[] } }
export interface Versioned { version: number; author: string; reason: string; made_at: string }
export interface Version<Body> extends Versioned { body: Body }

export type Averaging = 'instant' | 'hour' | 'day'
export interface SelfPlan extends Outlet, Versioned {
  plan_id: string
  name_zh: string
  name_en: string
  factors: string[]
  factor_names: NamedFactor[]
  frequency: string
  frequency_zh: string
  frequency_en: string
  times: number
  averaging: Averaging
  basis: string
  valid_from: string
  valid_to: string | null
  report_within_days: number
  sampling_method: string
  analysis_method: string
  executor: 'own' | 'third-party'
  laboratory: string
  cma_number: string
  note: string
}
export interface SelfPlanDetail extends SelfPlan { versions: Version<Partial<SelfPlan>>[] }

export type DueState = 'upcoming' | 'due' | 'overdue' | 'done' | 'exempt'
export interface Explanation { explanation_id: string; reason: string; evidence: Evidence[]; state: 'submitted' | 'accepted' | 'rejected' | 'withdrawn'; author: string; created_at: string; decided_by: string | null; decided_at: string | null; decision_reason: string | null }
export interface Due extends Outlet {
  plan_id: string
  plan_name_zh: string
  plan_name_en: string
  frequency: string
  frequency_zh: string
  frequency_en: string
  times: number
  start: string
  end: string
  due_at: string
  state: DueState
  factors: NamedFactor[]
  lacking: NamedFactor[]
  samples: number
  done_at: string | null
  late: boolean
  exempt_because: '' | 'stopped' | 'explained'
  explanation: Explanation | null
}
export interface DuesPage extends Page<Due> { counts: Record<DueState, number> }

export type ManualOutcome = 'compliant' | 'undecided' | 'early-sign' | 'over' | 'not-judged'
export type ResultState = 'submitted' | 'accepted' | 'rejected' | 'withdrawn'
export interface ManualVerdict { outcome: ManualOutcome; zh: string; en: string; limit?: string; unit?: string; ratio?: number | null; standard?: string; clause?: string; source?: string; confidence?: string; statutory?: boolean }
export interface ManualFields {
  factor: string
  sampled_at: string
  sampled_until: string | null
  averaging: Averaging
  text: string
  unit: string
  converted: string | null
  detection_limit: string | null
  method: string
  sample_number: string
  flow: string | null
  load: string | null
  laboratory: string
  cma_number: string
  report_number: string
  report_file: string
  note: string
}
export interface ManualResult extends Outlet, Versioned, ManualFields {
  result_id: string
  factor_name_zh: string
  factor_name_en: string
  verdict: ManualVerdict
  state: ResultState
  entered_at: string
  decided_by: string | null
  decided_at: string | null
  decision_reason: string | null
  evidence?: Evidence[]
  allowed: ('accept' | 'reject')[]
}
export interface ManualResultsPage extends Page<ManualResult> { counts: Partial<Record<ManualOutcome, number>> }
export interface ManualResultDetail extends ManualResult { versions: Version<Partial<ManualFields>>[] }

export interface ComparedPair { result_id: string; since: string; until: string; manual: string; unit: string; automatic?: string | null; values?: number; why_zh?: string; why_en?: string }
export type ComparisonOutcome = 'passed' | 'failed' | 'not-comparable'
export interface Comparison extends Outlet {
  factor: string
  factor_name_zh: string
  factor_name_en: string
  day: string
  outcome: ComparisonOutcome
  accepted: boolean
  zh: string
  en: string
  pairs: ComparedPair[]
  kind: string
  error: string | null
  tolerance: string | null
  unit: string
  standard: string
  confidence: string
}
export interface Completion extends Partial<Outlet> { period_start: string; owed: number; on_time: number; late: number; overdue: number; exempt: number; pending: number; rate: number | null }
