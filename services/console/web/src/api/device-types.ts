/** What hj212-gateway says about devices, their frames and the commands to them. Instants are ISO-8601 texts with offset. */
import type { Page } from './types'

export type DeviceState = 'online' | 'offline' | 'never-seen' | 'unregistered'

export interface DeviceRow extends Session {
  registered_edition?: string
  gateway?: string | null
  connection_id?: string | null
  clock_drift_s_per_day?: number | null
  /** How often a second connection spoke for the same MN, and the newest such. */
  takeovers?: number
  other_peer?: string
  contested_at?: string | null
}

export interface SessionsPage extends Page<DeviceRow> {
  counts?: { online: number; offline: number; never_seen: number; unknown: number }
}

/** One departure from the standard, in words. `start`, `end`: place in raw_text, -1 when it has none. */
export interface DeviationWords {
  code: string
  clause: string
  what_zh: string
  what_en: string
  cause_zh: string
  cause_en: string
  count?: number
  start?: number
  end?: number
}

export interface DeviceConnection {
  connection_id: string
  gateway: string
  peer: string
  opened_at: string
  closed_at: string | null
  reason: string
  frames: number
}

export interface DeviceDetail extends DeviceRow {
  realtime_interval_s?: number | null
  minute_interval_min?: number | null
  active?: boolean
  deviations_explained?: DeviationWords[]
  connections?: DeviceConnection[]
  open_commands?: number
}

export interface FrameReading {
  factor: string
  name_zh: string
  name_en: string
  unit: string
  attribute: string
  text: string
  mark?: string | null
  mark_zh?: string | null
  mark_en?: string | null
}

/** A frame as it passed, decoded. `raw_text` has its passwords masked. */
export interface DecodedFrame {
  at: string
  direction: 'received' | 'sent'
  connection_id: string
  peer: string
  gateway: string
  verdict: 'accepted' | 'rejected'
  reason: string | null
  reason_zh?: string | null
  reason_en?: string | null
  detail?: string | null
  raw_text: string
  size: number
  edition: string | null
  cn: string | null
  cn_name_zh: string | null
  cn_name_en: string | null
  st: string | null
  st_name_zh?: string | null
  st_name_en?: string | null
  qn: string | null
  data_time: string | null
  flag: number | null
  needs_ack: boolean | null
  pnum: number | null
  pno: number | null
  items: Record<string, string>[]
  readings: FrameReading[]
  deviations: DeviationWords[]
}

export interface FramesPage {
  items: DecodedFrame[]
  next_cursor: string
}

export interface EvidenceFrame {
  at: string
  device_time: string | null
  direction: 'received' | 'sent'
  connection_id: string
  peer: string
  mn: string
  raw_text: string
  raw_hex: string
  gateway: string
  block: number
}

export interface StrangerRow {
  mn: string
  edition?: string
  peer: string
  first_seen: string
  last_seen: string
  frames: number
  last_raw_text: string
  system_type?: string | null
  has_password?: boolean
  dismissed_at?: string | null
  dismissed_by?: string | null
  dismissed_reason?: string | null
}

export type ParameterType = 'integer' | 'number' | 'text' | 'time' | 'date-hour' | 'factor' | 'info' | 'choice' | 'secret'

export interface CommandParameter {
  name: string
  title_zh: string
  title_en: string
  type: ParameterType
  required: boolean
  repeats?: boolean
  minimum?: number | null
  maximum?: number | null
  pattern?: string | null
  choices?: { value: string; title_zh: string; title_en: string }[] | null
  unit?: string | null
  hint_zh?: string | null
  hint_en?: string | null
}

export interface CommandKind {
  command: string
  form: string
  name_zh: string
  name_en: string
  kind: 'set' | 'get' | 'control' | 'notice'
  editions: string[]
  needs_approval: boolean
  repeatable?: boolean
  parameters: CommandParameter[]
}

export type CommandState =
  | 'awaiting-approval' | 'queued' | 'sent' | 'succeeded' | 'refused' | 'failed' | 'timed-out' | 'no-answer' | 'expired' | 'rejected'
  | 'cancelled' | 'invalid'

export interface TranscriptFrame {
  at: string
  direction: 'received' | 'sent'
  cn?: string | null
  raw_text: string
}

export interface DeviceCommand {
  command_id: string
  mn: string
  command: string
  name_zh?: string
  name_en?: string
  parameters: Record<string, string | string[]>[] | Record<string, string | string[]>
  reason: string
  requested_by: string
  requested_by_id: string | null
  created_at: string
  expires_at: string
  state: CommandState
  decided_by?: string | null
  decided_at?: string | null
  decision_note?: string | null
  gateway?: string | null
  attempts?: number
  sent_at?: string | null
  finished_at?: string | null
  request_id?: string | null
  code?: number | null
  detail?: string | null
  items?: Record<string, string>[] | null
  origin?: string
  transcript?: TranscriptFrame[]
}

export type GapState = 'open' | 'fetching' | 'healed' | 'given-up' | 'abandoned'

/** A stretch of interval records of a device that have not come: [begins, ends). */
export interface RecordGap {
  gap_id: string
  mn: string
  command: string
  kind_zh?: string
  kind_en?: string
  cause_zh?: string
  cause_en?: string
  reason_zh?: string
  reason_en?: string
  begins: string
  ends: string
  interval_min: number
  expected: number
  missing: number
  cause: string
  state: GapState
  reason?: string | null
  found_at: string
  attempts: number
  tried_at?: string | null
  next_try_at?: string | null
  command_id?: string | null
  closed_at?: string | null
  decided_by?: string | null
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
