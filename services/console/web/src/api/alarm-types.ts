/** An alarm, its findings and its timeline, as alerting tells them. Instants are ISO-8601 texts with offset. */
import type { Task } from './task-types'
import type { AlarmLevel, AlarmState, Medium, Point, Series } from './types'

export interface Alarm {
  alarm_id: string
  version: number
  number: string
  rule: string
  level: AlarmLevel
  state: AlarmState
  title_zh: string
  title_en: string
  subject_id: string
  subject_name_zh: string
  subject_name_en: string
  medium: Medium
  started_at: string
  last_seen_at: string
  raised_at: string
  changed_at: string
  occurrences: number
  enterprise_id?: string | null
  enterprise_name_zh?: string
  enterprise_name_en?: string
  factor?: string | null
  factor_name_zh?: string
  factor_name_en?: string
  observed?: string | null
  limit?: string | null
  unit?: string
  ratio?: number | null
  peak_ratio?: number | null
  standard?: string
  clause?: string
  statutory?: boolean
  longitude?: number | null
  latitude?: number | null
  acknowledged_by?: string | null
  acknowledged_at?: string | null
  resolved_at?: string | null
  closed_at?: string | null
  closed_by?: string | null
  close_reason?: string | null
  task_id?: string | null
}

export interface TimelineEntry {
  at: string
  who?: string | null
  what: string
  detail_zh?: string
  detail_en?: string
}

export interface Finding {
  finding_id: string
  rule: string
  verdict: 'violated' | 'complied'
  period: string
  period_start: string
  period_end: string
  recorded_at: string
  observed?: string | null
  limit?: string | null
  unit?: string
  ratio?: number | null
  standard?: string
  clause?: string
  explanation_zh: string
  explanation_en: string
}

export interface AlarmDetail extends Alarm {
  timeline: TimelineEntry[]
  findings: Finding[]
}

export interface AlarmFull {
  alarm: AlarmDetail
  point?: Point | null
  series?: Series | null
  task?: Task | null
}

export interface AlarmCounts {
  /** Every alarm that is not closed, the recovered ones too. */
  open: Record<AlarmLevel, number>
  unacknowledged: number
  /** Recovered and waiting to be closed, of those in `open`; an older platform does not count them apart. */
  resolved?: number
  resolved_by_level?: Record<AlarmLevel, number>
}
