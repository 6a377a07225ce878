/** Which alarms still stand and which only wait to be closed. "Open" of the API means both. */
import type { Alarm, AlarmCounts } from '@/api/alarm-types'
import type { AlarmLevel } from '@/api/types'
import { LEVEL_ORDER } from './levels'

export type PerLevel = Record<AlarmLevel, number>

export interface AlarmTally {
  /** Active or acknowledged, by level. */
  standing: PerLevel
  /** Recovered, waiting to be closed; all levels. */
  resolved: number
}

const none = (): PerLevel => ({ red: 0, orange: 0, yellow: 0, blue: 0 })
export const totalOf = (counts: PerLevel): number => LEVEL_ORDER.reduce((sum, level) => sum + counts[level], 0)

function inState(alarms: Iterable<Alarm>, states: readonly string[]): PerLevel {
  const found = none()
  for (const alarm of alarms) if (states.includes(alarm.state)) found[alarm.level] += 1
  return found
}

export function tallyOf(alarms: Iterable<Alarm>): AlarmTally {
  const list = [...alarms]
  return { standing: inState(list, ['active', 'acknowledged']), resolved: totalOf(inState(list, ['resolved'])) }
}

/** The platform's counts less those that recovered: by its own word when it gives it, else by the live picture. */
export function tallyOfCounts(counts: AlarmCounts, alarms: Iterable<Alarm>): AlarmTally {
  const resolved = counts.resolved_by_level ?? inState(alarms, ['resolved'])
  const standing = none()
  // Counts and picture are not of the same instant; a difference must never read as less than nothing.
  for (const level of LEVEL_ORDER) standing[level] = Math.max(0, counts.open[level] - resolved[level])
  return { standing, resolved: totalOf(resolved) }
}
