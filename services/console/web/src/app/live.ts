/** One WebSocket a browser tab: keeps the picture of the park, tells pages what changed, says honestly when it is old. */
import { ref, shallowRef, triggerRef } from 'vue'
import { API_ROOT, refreshSession } from '@/api/client'
import type { Notification } from '@/api/admin-types'
import type { Alarm } from '@/api/alarm-types'
import { backOffMs, emptyPicture, isLiveMessage, STALE_AFTER_MS, take, type LiveMessage, type LiveState } from './live-protocol'

const ALL = ['points', 'alarms', 'tasks', 'notifications', 'sessions']
const SIGN_IN_AGAIN = 4401
const HIDDEN = ['alarms', 'tasks', 'notifications']

export const liveState = ref<LiveState>('connecting')
export const lastMessageAt = ref(0)
/** Milliseconds to add to this PC's clock to get the server's. */
export const clockOffset = ref(0)
/** Server time of now, ticking each second. */
export const serverNow = ref(Date.now())
const picture = emptyPicture()
export const livePoints = shallowRef(picture.points)
export const liveAlarms = shallowRef(picture.alarms)
export const liveTasks = shallowRef(picture.tasks)
export const liveSessions = shallowRef(picture.sessions)

type Listener = (message: LiveMessage) => void
const listeners = new Set<Listener>()

/** Hears every snapshot and delta after it was applied; returns the function that stops it. */
export function onLive(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

let socket: WebSocket | null = null
let wanted = false
let attempt = 0
let retryTimer = 0
let watchTimer = 0
let frame = 0
let dialledAt = 0

function paint(): void {
  frame = 0
  triggerRef(livePoints)
  triggerRef(liveAlarms)
  triggerRef(liveTasks)
  triggerRef(liveSessions)
}

function send(message: unknown): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
}

function subscribe(): void {
  send({ sub: document.hidden ? HIDDEN : ALL })
}

function onMessage(event: MessageEvent<string>): void {
  let message: { type?: string }
  try {
    message = JSON.parse(event.data) as { type?: string }
  } catch {
    send({ resync: true })
    return
  }
  lastMessageAt.value = Date.now()
  if (!isLiveMessage(message)) return
  if (message.server_time) clockOffset.value = Date.parse(message.server_time) - Date.now()
  const taken = take(picture, message)
  if (taken === 'gap') {
    send({ resync: true })
    return
  }
  attempt = 0
  liveState.value = 'live'
  if (taken === 'beat' || taken === 'repeat') return
  for (const listener of listeners) listener(message)
  if (!frame) frame = requestAnimationFrame(paint)
}

function connect(): void {
  if (!wanted) return
  liveState.value = liveState.value === 'live' ? 'stale' : liveState.value
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const opened = new WebSocket(`${scheme}://${location.host}${API_ROOT}/live`)
  socket = opened
  dialledAt = Date.now()
  opened.onopen = subscribe
  opened.onmessage = onMessage
  opened.onclose = (event) => {
    if (socket === opened) onLost(event.code)
  }
}

function onLost(code: number): void {
  socket = null
  picture.seq = null
  if (!wanted) return
  if (liveState.value !== 'stale') liveState.value = 'closed'
  // The access token lives shorter than a working day; a socket cannot renew it, a request can.
  if (code === SIGN_IN_AGAIN || attempt > 1) void refreshSession()
  window.clearTimeout(retryTimer)
  retryTimer = window.setTimeout(connect, backOffMs(attempt++, Math.random()))
}

/** close() alone waits for the other side's answer, which a dead peer never gives. */
function redial(): void {
  const old = socket
  onLost(0)
  old?.close()
}

function watch(): void {
  serverNow.value = Date.now() + clockOffset.value
  const now = Date.now()
  if (liveState.value === 'live' && now - lastMessageAt.value > STALE_AFTER_MS) liveState.value = 'stale'
  // A half-open or hung connection never closes by itself: drop it and take a fresh snapshot over a new one.
  if (socket && now - Math.max(lastMessageAt.value, dialledAt) > STALE_AFTER_MS) redial()
}

function onVisibility(): void {
  subscribe()
  if (!document.hidden) send({ resync: true })
}

export function startLive(): void {
  if (wanted) return
  wanted = true
  liveState.value = 'connecting'
  document.addEventListener('visibilitychange', onVisibility)
  watchTimer = window.setInterval(watch, 1000)
  connect()
}

export function stopLive(): void {
  wanted = false
  document.removeEventListener('visibilitychange', onVisibility)
  window.clearTimeout(retryTimer)
  window.clearInterval(watchTimer)
  socket?.close()
  socket = null
  picture.seq = null
  picture.points.clear()
  picture.alarms.clear()
  picture.tasks.clear()
  picture.sessions.clear()
  paint()
}

/** A change this tab made itself shows at once; the stream's copy with the same or a higher version follows. */
export function applyAlarm(alarm: Alarm): void {
  const known = picture.alarms.get(alarm.alarm_id)
  if (known && known.version > alarm.version) return
  if (alarm.state === 'closed') picture.alarms.delete(alarm.alarm_id)
  else picture.alarms.set(alarm.alarm_id, alarm)
  if (!frame) frame = requestAnimationFrame(paint)
}

export type { LiveMessage, Notification }
