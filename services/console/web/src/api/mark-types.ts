/** Shapes of the marks of enterprises and of what may be used of them (source-monitoring). */
import type { Evidence } from './review-types'

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
