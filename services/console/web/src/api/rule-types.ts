/** The grading policy of alerting: how findings become alarms of a level. What a page does not know of it stays as it is. */
import type { AlarmLevel } from './types'

export type Step = Record<string, unknown>

export interface Clearing {
  consecutive: Record<string, number>
  delay_s: Record<string, number>
  close_after_s: number
  ratio_below?: number
}

export interface PolicyEntry {
  name: string
  source: string
  clearing: Clearing
  rules?: string[]
  media?: string[]
  factors?: string[]
  condition?: boolean
  floor?: AlarmLevel
  [steps: string]: unknown
}

export interface ChainStep {
  after_minutes: number
  notify: string[]
  working_time?: boolean
}

export interface Policy {
  entries: PolicyEntry[]
  notify: Partial<Record<AlarmLevel, string[]>>
  note?: string
  chains?: Partial<Record<AlarmLevel, ChainStep[]>>
  left_out?: string[]
  [more: string]: unknown
}

export interface PolicyVersion {
  version: number
  made_at: string
  made_by: string
  note: string
}

/** A shipped entry the rules in force do not name; `of` is its name among the shipped ones. */
export interface NewEntry {
  of: string
  entry: PolicyEntry
}

export interface RulesInForce {
  version: number
  policy: Policy
  versions: PolicyVersion[]
  new_in_release: NewEntry[]
}

export interface DryRun {
  from: string
  to: string
  alarms: number
  levels: Record<AlarmLevel, { were: number; would_be: number }>
  higher: number
  lower: number
  lacking_circumstances?: number
  differing: { alarm_id: string; number: string; title_zh: string; title_en: string; level: AlarmLevel; would_be: AlarmLevel }[]
}
