/** Shapes of replays (source-monitoring). Days are YYYY-MM-DD of the park; `to` is exclusive. */
import type { Difference } from './review-types'
import type { Page } from './types'

export type ReplayState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'adopting' | 'adopted' | 'left'
export type ReplayStep = 'adopt' | 'leave' | 'cancel'
export type ReplayRules = 'today' | 'that-day'

export interface PointNames {
  point_name_zh: string
  point_name_en: string
  enterprise_name_zh: string
  enterprise_name_en: string
}

export interface Replay {
  replay_id: string
  state: ReplayState
  rules: ReplayRules
  reason: string
  author: string
  started_at: string
  finished_at: string | null
  /** SHA-256 of what came out, and of what stood: equal exactly when nothing differs. */
  digest: string | null
  stored_digest: string | null
  points: number
  points_done: number
  points_failed: number
  /** Days of outlets: all, and those that are judged. */
  days: number
  days_done: number
  periods: number
  changed: number
  adopted: number | null
  outdated: number | null
  from: string
  to: string
  first_point: PointNames
  allowed: ReplayStep[]
}

export interface ReplayOutlet extends PointNames {
  point_id: string
  finished_at: string | null
  failure: string | null
  days_done: number
  periods: number
  changed: number
  adopted: number | null
  outdated: number | null
  approved_days: number
}

export interface ReplayDetail extends Replay {
  outlets: ReplayOutlet[]
  approved_days: number
  factors: { factor: string; differs: number; factor_name_zh: string; factor_name_en: string }[]
  steps: { step: number; action: string; actor: string; reason: string; at: string }[]
  same: { replay_id: string; author: string; started_at: string; digest: string; state: ReplayState; identical: boolean }[]
}

export interface ReplaySide {
  unit: string
  mean: string | null
  converted_mean: string | null
  limit: string | null
  compliant: boolean | null
  verdict: string
  reason: string
  emission: string | null
  substituted: string | null
}

export interface ReplayDifference extends PointNames {
  point_id: string
  period: 'hour' | 'day'
  period_start: string
  against: number | null
  adopted_revision: number | null
  factor: string
  factor_name_zh: string
  factor_name_en: string
  before: ReplaySide | null
  after: ReplaySide | null
  changes: Omit<Difference, 'factor'>[]
}

export type DifferencePage = Page<ReplayDifference>
