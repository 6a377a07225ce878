/** Kinds, plans, scores, delegations and batch answers of task-dispatch, as the HTTP contract says. */
import type { TimelineEntry } from './alarm-types'
import type { AlarmLevel, Page, TaskState } from './types'

export type FieldType = 'text' | 'long-text' | 'number' | 'choice' | 'choices' | 'date' | 'instant' | 'yes-no' | 'rows'

export interface FormField {
  name: string
  label_zh: string
  label_en: string
  type?: FieldType
  required?: boolean
  choices?: string[]
  choice_names?: Record<string, { zh: string; en: string }>
  unit?: string
  least?: number | null
  most?: number | null
  columns?: FormField[]
  private?: boolean
}

export interface StepNeed { step: 'arrive' | 'handle'; from_level?: AlarmLevel }
export type ClockedStep = 'sign' | 'arrive' | 'handle' | 'report' | 'verify' | 'close'
export type ClockUnit = 'hours' | 'days' | 'working-hours' | 'working-days'
export interface Clock { until: ClockedStep; amount: number; unit: ClockUnit; levels?: AlarmLevel[] }

export interface Kind {
  kind: string
  name_zh: string
  name_en: string
  version?: number
  order_fields: FormField[]
  fields: FormField[]
  photos: Partial<Record<AlarmLevel, number>>
  evidence: Partial<Record<'photo' | 'video' | 'document' | 'signature', number>>
  steps: StepNeed[]
  clocks: Clock[]
  work_by: string[]
  verified_by: 'officer' | 'creator'
  documents: string[]
  from_alarms: boolean
  unannounced?: boolean
  retired: boolean
  source: string
  note: string
}
export interface KindVersion { version: number; made_at: string; made_by: string; note: string }
export interface KindDetail extends Kind { versions: KindVersion[] }
export interface ClockPreset { preset: string; name_zh: string; name_en: string; clocks: Clock[]; source: string }

export type Cycle = 'month' | 'quarter' | 'half-year' | 'year'
export interface Plan {
  plan_id: string
  version: number
  name_zh: string
  name_en: string
  kind: string
  cycle: Cycle
  first_due: string
  round: number
  lead_days: number
  priority: AlarmLevel
  enterprise_class: 'A' | 'B' | 'C' | null
  enterprise_id: string | null
  enterprise_name_zh: string
  subject_id: string | null
  subject_name_zh: string
  subject_name_en: string
  assignee: string | null
  assignee_name: string
  assignee_role: string | null
  details: Record<string, unknown>
  active: boolean
  next_due: string
  next_fires_at: string
}
export interface PlanRound { round: number; due_on: string; made_at: string; task_id: string; number: string; state: TaskState }
export interface ComingRound {
  plan_id: string
  round: number
  fires_at: string
  due_on: string
  due_at: string
  name_zh: string
  name_en: string
  kind: string
  enterprise_name_zh: string
  enterprise_class: string | null
  assignee: string | null
  assignee_name: string
  assignee_role: string | null
}
export interface PlanDetail extends Plan { rounds: PlanRound[]; coming: ComingRound[] }

export interface ScoreRow {
  key: string
  name: string
  tasks: number
  closed: number
  on_time: number
  returned: number
  urged: number
  timeliness: number
  quality: number
  score: number
}
export interface ScoredTask {
  task_id: string
  number: string
  kind: string
  title_zh: string
  state: TaskState
  closed_at: string | null
  timeliness: number
  quality: number
  score: number
  deductions: { of: 'timeliness' | 'quality'; points: number; what_zh: string; what_en: string }[]
}
export interface ScoresPage extends Page<ScoreRow> { from: string; to: string; rules: { timeliness_share: number; source: string } }

export interface Delegation {
  delegation_id: string
  principal: string
  deputy: string
  deputy_name: string
  starts_at: string
  ends_at: string
  reason: string
  made_by: string
  revoked_at: string | null
}

export interface BatchAnswer { items: { task_id: string; done: boolean; error: { code: string; title: string; title_en: string } | null }[]; done: number }

export interface TaskClock { until: ClockedStep; due_at: string; met_at?: string | null; missed_at?: string | null }
export interface TaskChild { task_id: string; number: string; state: TaskState; assignee: string | null; due_at: string; overdue: boolean; title_zh: string; title_en: string }
export interface TaskDocument { number: string; kind: string; task_version: number; made_at: string; made_by: string; bytes: number }
/** What a task's page has beyond the task, since kinds are data; an older platform leaves parts out. */
export interface TaskMore {
  clocks?: TaskClock[]
  co_workers?: { username: string; name: string }[]
  extension?: { due_at: string; reason: string; by: string; at: string } | null
  details?: Record<string, unknown>
  children?: TaskChild[]
  documents?: TaskDocument[]
  printable?: string[]
  parent_id?: string | null
  source?: string
  source_reference?: string
  cell?: string
}

export interface Task {
  task_id: string
  version: number
  number: string
  kind: string
  state: TaskState
  title_zh: string
  title_en: string
  priority: AlarmLevel
  created_at: string
  changed_at: string
  due_at: string
  created_by: string
  overdue?: boolean
  withheld?: boolean
  alarm_id?: string | null
  subject_id?: string | null
  subject_name_zh?: string
  subject_name_en?: string
  enterprise_id?: string | null
  enterprise_name_zh?: string
  assignee?: string | null
  assignee_name?: string
  assignee_role?: string | null
  outcome?: string | null
  outcome_note?: string
  verified_by?: string | null
  closed_at?: string | null
  longitude?: number | null
  latitude?: number | null
}

export interface TaskReport {
  at?: string
  reported_at?: string
  by?: string
  reported_by?: string
  by_name?: string
  fields?: Record<string, unknown>
  findings_text: string
  measures?: string
  outcome?: string
  measured_value?: string | null
}

export interface Evidence {
  sha256: string
  kind?: string
  media?: 'photo' | 'video' | 'document' | 'signature'
  media_type?: string
  name?: string
  signer?: string
  seconds?: number | null
  taken_at?: string | null
  received_at?: string | null
  uploaded_by?: string
  longitude?: number | null
  latitude?: number | null
  size?: number
}

export interface TaskDetail extends Task, TaskMore {
  timeline: TimelineEntry[]
  reports: TaskReport[]
  evidence: Evidence[]
  allowed: string[]
  /** What the report must say beyond findings, measures and outcome, and how many photos by priority. */
  form?: { name_zh?: string; name_en?: string; fields?: FormField[]; order_fields?: FormField[]; photos?: Partial<Record<AlarmLevel, number>>; evidence?: Partial<Record<'photo' | 'video' | 'document' | 'signature', number>> } | null
}
