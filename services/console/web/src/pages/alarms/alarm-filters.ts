/** The filter of the alarm list lives in the URL, so that it can be shared and the back button works. */
import type { LocationQuery } from 'vue-router'
import type { Query } from '@/api/client'
import type { Alarm } from '@/api/alarm-types'
import type { AlarmState } from '@/api/types'
import { toParkIso } from '@/app/park-time'

export const RANGES = { h1: 3600_000, h24: 86_400_000, d7: 7 * 86_400_000, d30: 30 * 86_400_000 } as const
export type Range = keyof typeof RANGES | 'any'

/** What the list shows without a wish: alarms that still stand. Recovered ones wait to be closed and are asked for. */
export const STANDING: readonly AlarmState[] = ['active', 'acknowledged']

export interface AlarmFilter {
  q: string
  level: string
  /** '' standing, 'open' all that are not closed, 'all', or one state. */
  state: string
  range: Range
  point_id: string
  enterprise_id: string
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export function filterOf(query: LocationQuery): AlarmFilter {
  const range = text(query.range)
  return {
    q: text(query.q), level: text(query.level), state: text(query.state),
    range: range in RANGES ? (range as Range) : 'any',
    point_id: text(query.point_id), enterprise_id: text(query.enterprise_id),
  }
}

/** Query of the page's URL; what is at its default stays out. */
export function urlOf(filter: AlarmFilter): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const key of ['q', 'level', 'state', 'point_id', 'enterprise_id'] as const) if (filter[key]) pairs[key] = filter[key]
  if (filter.range !== 'any') pairs.range = filter.range
  return pairs
}

function statesOf(state: string): string | readonly string[] | undefined {
  if (!state) return STANDING
  return state === 'open' || state === 'all' ? undefined : state
}

/** Whether an alarm of the stream belongs to what the list shows. */
export function belongs(filter: AlarmFilter, alarm: Pick<Alarm, 'level' | 'state'>): boolean {
  if (filter.level && filter.level !== alarm.level) return false
  if (filter.state === 'all') return true
  if (filter.state === 'open') return alarm.state !== 'closed'
  return filter.state ? filter.state === alarm.state : STANDING.includes(alarm.state)
}

/** Query of the API for the list and, the same, for the export. `now` is server time in epoch ms. */
export function apiOf(filter: AlarmFilter, now: number): Query {
  return {
    q: filter.q.trim(), level: filter.level, state: statesOf(filter.state), point_id: filter.point_id, enterprise_id: filter.enterprise_id,
    open: filter.state === 'open' ? true : undefined,
    from: filter.range === 'any' ? undefined : toParkIso(now - RANGES[filter.range]),
  }
}
