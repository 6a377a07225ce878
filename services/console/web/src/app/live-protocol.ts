/** The rules of the live stream, without a socket: every message of a connection has the next seq; gap, staleness, back-off. */
import type { Notification } from '@/api/admin-types'
import type { Alarm } from '@/api/alarm-types'
import type { Session } from '@/api/device-types'
import type { Task } from '@/api/task-types'
import type { FactorValue, Latest } from '@/api/types'

export interface LivePoint {
  point_id: string
  data_time: string
  received_at?: string
  factors: FactorValue[]
}

export interface LiveMessage {
  type: 'snapshot' | 'delta' | 'beat'
  seq: number
  server_time: string
  points?: LivePoint[]
  alarms?: Alarm[]
  tasks?: Task[]
  sessions?: Session[]
  notifications?: Notification[]
}

export type LiveState = 'connecting' | 'live' | 'stale' | 'closed'

/** No message for this long means the numbers on the screen can no longer be trusted as current. */
export const STALE_AFTER_MS = 15_000

export interface Picture {
  seq: number | null
  points: Map<string, Latest>
  alarms: Map<string, Alarm>
  tasks: Map<string, Task>
  sessions: Map<string, Session>
}

export function emptyPicture(): Picture {
  return { seq: null, points: new Map(), alarms: new Map(), tasks: new Map(), sessions: new Map() }
}

/** The gateway's word about something we asked that it did not understand or permit; it is outside of the sequence. */
export const isLiveMessage = (message: { type?: string }): message is LiveMessage =>
  message.type === 'snapshot' || message.type === 'delta' || message.type === 'beat'

export type Taken = 'snapshot' | 'delta' | 'beat' | 'gap' | 'repeat'

const CLOSED_ALARM = new Set(['closed'])
const CLOSED_TASK = new Set(['closed', 'cancelled'])

/** Newer factors replace older ones by code; factors the delta does not mention stay. */
export function mergeLatest(known: Latest | undefined, delta: LivePoint): Latest {
  if (known && Date.parse(delta.data_time) < Date.parse(known.data_time)) return known
  const byCode = new Map((known?.factors ?? []).map((factor) => [factor.factor, factor]))
  for (const factor of delta.factors) byCode.set(factor.factor, { ...byCode.get(factor.factor), ...factor })
  return { ...known, ...delta, factors: [...byCode.values()] }
}

function keepNewest<T extends { version: number }>(kept: Map<string, T>, id: string, item: T, over: boolean): void {
  const known = kept.get(id)
  if (known && known.version > item.version) return
  if (over) kept.delete(id)
  else kept.set(id, item)
}

function takeItems(picture: Picture, message: LiveMessage): void {
  for (const point of message.points ?? []) {
    picture.points.set(point.point_id, mergeLatest(picture.points.get(point.point_id), point))
  }
  for (const alarm of message.alarms ?? []) {
    keepNewest(picture.alarms, alarm.alarm_id, alarm, CLOSED_ALARM.has(alarm.state))
  }
  for (const task of message.tasks ?? []) keepNewest(picture.tasks, task.task_id, task, CLOSED_TASK.has(task.state))
  for (const session of message.sessions ?? []) picture.sessions.set(session.mn, session)
}

/**
 * Applies one message to the picture and says what it was. `gap` means something was missed: the caller asks for a
 * fresh snapshot and the picture is left as it was.
 */
export function take(picture: Picture, message: LiveMessage): Taken {
  if (message.type === 'snapshot') {
    picture.points.clear()
    picture.alarms.clear()
    picture.tasks.clear()
    takeItems(picture, message)
    picture.seq = message.seq
    return 'snapshot'
  }
  if (picture.seq === null) return 'gap'
  if (message.seq <= picture.seq) return 'repeat'
  if (message.seq !== picture.seq + 1) return 'gap'
  takeItems(picture, message)
  picture.seq = message.seq
  return message.type
}

/** 0.5 s doubling to 30 s, with up to half of it as jitter so that a park's browsers do not come back together. */
export function backOffMs(attempt: number, random: number): number {
  const whole = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10))
  return whole / 2 + (whole / 2) * random
}
