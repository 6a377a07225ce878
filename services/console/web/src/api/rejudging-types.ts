/** Shapes of stations judged again (quality). Days are YYYY-MM-DD of the park; `to` is exclusive. */
import type { Difference } from './review-types'
import type { Grade } from './station-types'

export type RejudgementState = 'queued' | 'running' | 'done' | 'failed'

export interface Rejudgement {
  rejudgement_id: string
  point_id: string
  point_name_zh: string
  point_name_en: string
  from: string
  to: string
  reason: string
  author: string
  started_at: string
  finished_at: string | null
  state: RejudgementState
  days: number
  days_done: number
  /** Hours and days looked at, and those that became a new version. */
  periods: number
  changed: number
  /** Findings that were told (again), and those that were withdrawn. */
  told: number
  withdrawn: number
  failure: string | null
}

export interface RejudgedPeriod {
  period: 'hour' | 'day'
  period_start: string
  revision: number
  grade: Grade | null
  grade_before: Grade | null
  changes: (Difference & { factor_name_zh: string; factor_name_en: string })[]
}
