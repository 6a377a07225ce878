/** Shapes of anomalies, the rules behind them with their settings, try-outs and equipment records (source-monitoring). */
import type { Series } from './types'

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
