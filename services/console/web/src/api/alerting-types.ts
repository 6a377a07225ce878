/** Rosters, channels, contacts, templates, messages, silences and statistics of alerting, as the HTTP contract says. */
import type { AlarmLevel, Page } from './types'

export interface ShiftRule {
  name_zh: string
  name_en: string
  /** Wall time of the park, HH:MM:SS; an end not after the start is on the next day. */
  start: string
  end: string
  teams: string[][]
  days?: 'all' | 'working' | 'rest'
  turns?: 'shift' | 'week'
}

export interface Roster {
  code: string
  name_zh: string
  name_en: string
  valid_from: string
  valid_to: string
  shifts: ShiftRule[]
  coverage?: 'always' | 'working-hours'
}

export interface Swap {
  swap_id: string
  starts_at: string
  from_person: string
  to_person: string
  reason: string
}

export interface Shift {
  starts_at: string
  ends_at: string
  name_zh: string
  name_en: string
  people: string[]
  swapped: boolean
}

export interface Hole { starts_at: string; ends_at: string }
export interface RosterProblem { where: string; zh: string; en: string }

export interface StoredRoster {
  roster_id: string
  version: number
  roster: Roster
  on_duty: string[]
  covered_until: string | null
  holes: Hole[]
  swaps: Swap[]
  swaps_without_shift: string[]
  changed_at: string
  changed_by: string
}

export type ChannelKind = 'email' | 'sms' | 'wecom' | 'dingtalk' | 'feishu'

export interface QuietHours {
  start: string
  end: string
  channel: 'all' | ChannelKind
  override_from: AlarmLevel
}

export interface Channel {
  channel_id: string
  kind: ChannelKind
  name: string
  config: Record<string, unknown>
  min_level: AlarmLevel
  language: 'zh' | 'en'
  quiet: QuietHours[]
  active: boolean
}

export interface Contact {
  username: string
  display_name: string
  role: string
  enterprise_id?: string | null
  email: string
  phone: string
  language: 'zh' | 'en'
  quiet: QuietHours[]
  active: boolean
}

export interface Template {
  kind: ChannelKind
  language: 'zh' | 'en'
  subject: string
  text: string
  changed_at?: string | null
  changed_by?: string | null
}
export interface TemplatesPage extends Page<Template> { names: Record<string, string> }

export interface Message {
  message_id: string
  channel_id: string
  kind: ChannelKind
  channel_name: string
  alarm_id: string | null
  recipient: string
  level: AlarmLevel
  subject: string
  text: string
  state: 'pending' | 'delivered' | 'dead' | 'dropped'
  attempts: number
  next_attempt_at: string | null
  waited_for_quiet: boolean
  last_error: string
  receipt: string
  made_at: string
  delivered_at: string | null
}

export interface Silence {
  silence_id: string
  owner: string
  reason: string
  starts_at: string
  ends_at: string
  up_to: AlarmLevel
  enterprise_id?: string | null
  subject_id?: string | null
  rule?: string | null
  factor?: string | null
  removed_at?: string | null
}

export interface StatisticsRow {
  key: string
  name_zh: string
  name_en: string
  alarms: number
  red: number
  orange: number
  yellow: number
  blue: number
  open: number
  closed: number
  judged: number
  confirmed: number
  false_alarms: number
  equipment_faults: number
  withdrawn: number
  recovered: number
  reopened: number
  accuracy: number | null
  share_confirmed: number | null
  acknowledged_after_s: number | null
  closed_after_s: number | null
}
export interface Statistics { from: string; to: string; by: string; items: StatisticsRow[]; total: StatisticsRow }
