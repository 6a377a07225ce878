/** Shapes of what was set aside until somebody mends it (source-monitoring, quality). */
import type { Page } from './types'

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
