/** What crosses the border with api-gateway, hand-written from the HTTP contract. Instants are ISO-8601 texts with offset. */
import type { FormField, TaskMore } from './task-types'

export type AlarmLevel = 'red' | 'orange' | 'yellow' | 'blue'
export type AlarmState = 'active' | 'acknowledged' | 'resolved' | 'closed'
export type TaskState =
  | 'created' | 'dispatched' | 'signed' | 'on-site' | 'handled' | 'reported' | 'verified' | 'returned' | 'refused' | 'closed' | 'cancelled'
export type Medium = 'waste-water' | 'waste-gas' | 'rain-water' | 'ambient-air' | 'surface-water'
  | 'groundwater' | 'soil' | 'noise' | 'odour'
export type Period = 'realtime' | 'minute' | 'hour' | 'day'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total: number | null
}

export interface User {
  user_id: string
  username: string
  display_name: string
  role: string
  permissions: string[]
  enterprise_id?: string | null
  active?: boolean
  last_sign_in_at?: string | null
}

export interface Limit {
  limit_id?: string
  factor?: string
  unit?: string
  upper?: string | null
  lower?: string | null
  standard: string
  clause: string
  averaging: string
  basis?: string
  source?: string
  /** What was held against the limit, where that is not the value itself: the converted concentration (折算). */
  observed?: string | null
  valid_from?: string | null
  valid_to?: string | null
}

export interface FactorValue {
  factor: string
  name_zh?: string
  name_en?: string
  value: string | null
  unit?: string
  mark?: string | null
  attribute?: string
  limit?: Limit | null
  ratio?: number | null
}

export interface Latest {
  point_id: string
  mn?: string
  data_time: string
  received_at?: string
  factors: FactorValue[]
}

export interface MonitoredFactor {
  factor: string
  name_zh: string
  name_en: string
  unit: string
  decimals?: number
}

export interface Point {
  point_id: string
  code: string
  name_zh: string
  name_en: string
  medium: Medium
  longitude: number
  latitude: number
  enterprise_id?: string | null
  enterprise_name_zh?: string
  enterprise_name_en?: string
  factors?: MonitoredFactor[]
  limits?: Limit[]
  target_class?: string
  /** What sort of outlet or station: organised, micro-air, lake, zone-noise ... */
  point_kind?: string | null
  in_service_from?: string | null
  active?: boolean
  device?: Device | null
}

export interface MapPoint extends Point {
  device_state?: string | null
  mn?: string | null
  latest?: Latest | null
  alarm_level?: AlarmLevel | null
  open_alarms?: number
}

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

export interface SeriesItem {
  factor: string
  unit: string
  name_zh: string
  name_en: string
  /** measured, or converted (折算) to the reference oxygen content. */
  basis?: string
  /** [epoch ms, value, mark]; value null where the device sent none. */
  values: [number, number | string | null, (string | null)?][]
  limits: Limit[]
}

export interface Series {
  point_id: string
  period: Period
  reduced: number
  series: SeriesItem[]
  gaps: [number, number, string][]
}

export interface Device {
  mn: string
  point_id?: string
  edition?: string
  active?: boolean
  realtime_interval_s?: number
  minute_interval_min?: number
}

export interface Session {
  mn: string
  state: string
  peer?: string
  since?: string
  /** In messages of the live stream, where it stands for `since`. */
  changed_at?: string
  last_frame_at?: string | null
  frames?: number
  bytes_received?: number
  clock_skew_s?: number | null
  edition?: string
  deviations?: Record<string, number> | string
  point_id?: string | null
}

export interface UnknownDevice {
  mn: string
  first_seen: string
  last_seen: string
  frames: number
  peer: string
  last_raw_text: string
}

export interface RejectedFrame {
  id: string
  received_at: string
  peer: string
  mn?: string | null
  reason: string
  detail: string
  raw_hex?: string
  raw_text?: string
}

export interface MapComposition {
  park?: { name_zh: string; name_en: string; centre: [number, number] }
  points: MapPoint[]
  alarms: Alarm[]
  server_time: string
}

export interface Overview {
  /** A tile is null while the service that knows it is away. */
  alarms: AlarmCounts | null
  tasks: { open: number; overdue: number; mine: number } | null
  devices: { online: number; offline: number; total: number } | null
  points: number | null
  unavailable?: string[]
  server_time: string
}

export interface PointFull {
  point: Point
  device?: Device | null
  session?: Session | null
  latest?: Latest | null
  alarms?: Alarm[]
  tasks?: Task[]
}

export interface FrameEntry {
  factor: string
  attribute: string
  value: string | null
  mark?: string | null
}

export interface Frame {
  entries?: FrameEntry[]
  supplementary?: boolean
  incomplete?: boolean
  data_time: string
  received_at: string
  period?: string
  command?: string
  revision?: number
  raw_text?: string
  raw?: string
  mn?: string
  [field: string]: unknown
}

export interface ImportError {
  column: string
  value: unknown
  what_zh: string
  what_en: string
}

export interface ImportRow {
  row: number
  status: 'created' | 'updated' | 'unchanged' | 'rejected'
  key: string
  errors: ImportError[]
}

export interface ImportReport {
  import_id: string
  kind: string
  dry_run: boolean
  total: number
  accepted: number
  rejected: number
  rows: ImportRow[]
  imported_at?: string
  imported_by?: string
  filename?: string
}

export interface Assignee {
  user_id?: string
  username: string
  display_name: string
  role?: string
}

export interface Notification {
  notification_id: string
  alarm_id: string
  level: AlarmLevel
  title_zh: string
  title_en: string
  sent_at: string
}

export interface AuditEntry {
  id?: string | number
  sequence?: number
  at: string
  actor: string
  action: string
  subject?: string
  origin?: string
  status?: number
  result?: string
  [field: string]: unknown
}

export interface Webhook {
  webhook_id: string
  url: string
  description: string
  min_level: AlarmLevel
  active: boolean
  secret?: string
}

export interface ExchangeClient {
  client_id: string
  name: string
  active?: boolean
  created_at?: string
  last_used_at?: string | null
  key_hint?: string
  resources?: string[]
  requests_per_minute?: number
  [field: string]: unknown
}
