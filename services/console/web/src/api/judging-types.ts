/** Shapes of data review, marks, set-aside data, anomalies and results (source-monitoring, quality). Days are YYYY-MM-DD of the park. */
import type { Medium, Page, Series } from './types'

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

export interface MarkType {
  key: string
  kind: 'condition' | 'equipment'
  name_zh: string
  name_en: string
  scope: string
  scope_en: string
  effect: string
  effect_zh: string
  cap: string
  cap_zh: string
  source: string
  confidence: string
}

export interface PointMark {
  mark_id: string
  point_id: string
  point_name_zh: string
  point_name_en: string
  enterprise_id: string | null
  enterprise_name_zh: string
  enterprise_name_en: string
  type: string
  kind: 'condition' | 'equipment'
  name_zh: string
  name_en: string
  factors: string[]
  start: string
  end: string
  reason: string
  evidence: Evidence[]
  evidence_due: string
  evidence_overdue: boolean
  state: 'submitted' | 'accepted' | 'rejected' | 'withdrawn'
  late: boolean
  counts: boolean
  contradictions: { code: string; zh: string; en: string }[]
  author: string
  created_at: string
  decided_by: string | null
  decided_at: string | null
  decision_reason: string | null
  allowed: ('accept' | 'reject' | 'withdraw')[]
}

export interface MarkCap {
  name: string
  name_zh: string
  name_en: string
  types: string[]
  period: string
  cap_hours: number
  used_hours: number
  each_hours: number | null
  too_long: number
  near: boolean
  exceeded: boolean
  confidence: string
}

export interface SetAside {
  set_aside_id: string
  point_id: string
  point_name_zh: string
  mn: string
  /** The service that mends it: source-monitoring or quality. */
  service: string
  reason: 'unknown-factor' | 'unit-mismatch' | 'time-in-future' | 'time-before-device'
  what_zh: string
  what_en: string
  factor: string
  frames: number
  first_time: string
  last_time: string
  first_seen: string
  last_seen: string
  example: Record<string, unknown>
  open: boolean
  settled_at: string | null
  settled_by: string | null
  outcome: string | null
}

export interface SetAsidePage extends Page<SetAside> {
  limits_not_applied: { point_id: string; point_name_zh: string; limit_id: string; factor: string; reason: string; reason_zh: string }[]
  parked: number | null
}

/** An event that a service could not handle, as it came. */
export interface ParkedEvent {
  parked_id: number
  topic: string
  partition: number
  record_offset: number
  headers: [string, string][]
  kind: string
  reason: string
  parked_at: string
}

export interface Anomaly {
  anomaly_id: string
  point_id: string
  point_zh: string
  point_en: string
  enterprise_id: string | null
  enterprise_zh: string
  enterprise_en: string
  rule_id: string
  rule_zh: string
  rule_en: string
  factor: string
  factor_zh: string
  factor_en: string
  state: 'open' | 'closed'
  severity: 'info' | 'warn' | 'alarm'
  started_at: string
  ended_at: string
  closed_at: string | null
  sentence_zh: string
  sentence_en: string
  evidence: Record<string, string>
  parameters: Record<string, string>
  occurrences: number
  settings_version: number
  opened_at: string
  updated_at: string
  feedback: 'confirmed' | 'false' | null
  feedback_reason: string | null
  feedback_by: string | null
  feedback_at: string | null
  frames: { point_id: string; period: string; from: string; to: string }
}

export interface NamedFigure {
  name: string
  name_zh: string
  name_en: string
  unit?: string
  value: string
}

export interface AnomalyDetail extends Anomaly {
  evidence_shown: NamedFigure[]
  parameters_shown: NamedFigure[]
  window: { from: string; to: string }
  evidence_series: Series
}

export interface RulePrecision {
  rule_id: string
  rule_zh: string
  rule_en: string
  anomalies: number
  confirmed: number
  false: number
  precision: number | null
}

export interface OutletRule {
  rule_id: string
  name_zh: string
  name_en: string
  severity: string
  finds_zh: string
  finds_en: string
  basis_zh: string
  basis_en: string
  confidence: string
  runs: string
  enabled: boolean
  reason: string
  parameters: RuleParameter[]
  states: RuleState[]
}

export interface RuleParameter {
  name: string
  name_zh: string
  name_en: string
  unit: string
  default: string
  value: string
  changed: boolean
  lowest: string
  highest: string
  whole: boolean
}

/** `needs` is where a person can put what a rule lacks: facts.X, signals.X, records.X, limits. */
export interface RuleState {
  rule_id?: string
  factor: string
  state: string
  reason_zh: string
  reason_en: string
  needs: string
  ran_at?: string | null
}

export interface SignalSource {
  factor: string
  point_id?: string | null
  rated?: string | null
}

/** The document that is versioned as a whole. */
export interface RuleSettings {
  rules: Record<string, { enabled?: boolean; reason?: string; parameters?: Record<string, string> }>
  signals: Record<string, SignalSource[]>
  facts: Record<string, string>
}

export interface SettingsVersion {
  version: number
  author: string
  reason: string
  made_at: string
  body: Partial<RuleSettings>
}

export interface FactKind {
  zh: string
  en: string
  unit: string
  of_factor: boolean
  form: 'number' | 'furnace' | 'times' | 'bounds'
}

export interface OutletRules {
  point_id: string
  version: number
  rules: OutletRule[]
  signals: Record<string, SignalSource[]>
  facts: Record<string, string>
  versions: SettingsVersion[]
  known_signals: Record<string, { zh: string; en: string }>
  known_facts: Record<string, FactKind>
}

export interface TriedAnomaly {
  change: 'new' | 'gone' | 'same'
  rule_id: string
  rule_zh: string
  rule_en: string
  factor: string
  factor_zh: string
  factor_en: string
  severity: Anomaly['severity']
  started_at: string
  ended_at: string
  sentence_zh: string
  sentence_en: string
  told: boolean
}

export interface TryOut {
  from: string
  to: string
  days: number
  before: number
  found: number
  counts: Record<TriedAnomaly['change'], number>
  items: TriedAnomaly[]
  states: RuleState[]
}

export interface EquipmentRecord {
  record_id: string
  point_id: string
  at: string
  kind: string
  factor: string
  name: string
  value: string | number | null
  content: string
  work_order: string
  passed: boolean | null
  source: 'device' | 'person'
  author: string
  recorded_at: string
}

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
