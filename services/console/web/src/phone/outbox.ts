/** Written on the phone first, always; sent in order when there is a network; never deleted because sending failed. */
import { ref } from 'vue'
import { call, Problem, intentionKey } from '@/api/client'
import { photoForm, type PreparedPhoto } from '@/ui/photo'
import { store, type Letter } from './store'

export const network = ref(navigator.onLine)
export const waitingCount = ref(0)
export const outboxChanged = ref(0)
/** Counts letters that left: pages read the server anew at each, however quickly it went. */
export const lettersSent = ref(0)
let sending = false
let askedMeanwhile = false

async function count(): Promise<void> {
  waitingCount.value = await store.letters.count()
  outboxChanged.value += 1
}

export async function writeAction(taskId: string, action: string, body: Record<string, unknown>): Promise<void> {
  // The version of a copy may be old by the time it is sent; the server's state table decides, not the copy.
  const { version: _version, ...rest } = body
  await put({ key: intentionKey(), task_id: taskId, kind: 'action', path: `/tasks/${taskId}/${action}`, body: rest })
}

export async function writePhoto(taskId: string, photo: PreparedPhoto): Promise<void> {
  await put({ key: intentionKey(), task_id: taskId, kind: 'photo', path: `/tasks/${taskId}/evidence`, blob: photo.blob, taken_at: photo.takenAt })
}

async function put(letter: Omit<Letter, 'made_at' | 'state' | 'why'>): Promise<void> {
  const last = await store.letters.orderBy('made_at').last()
  // Two letters of one millisecond must keep their order.
  await store.letters.add({ ...letter, made_at: Math.max(Date.now(), (last?.made_at ?? 0) + 1), state: 'waiting', why: '' })
  await count()
  void flush()
}

/** Waits (network, sign-in, server trouble) or is refused for good (the server's reason is kept for the person). */
export function verdictOf(problem: Problem): 'wait' | 'refused' | 'done' {
  if (problem.status === 0 || problem.status === 401 || problem.status === 408 || problem.status === 429 || problem.status >= 500) return 'wait'
  if (problem.status === 409 && problem.code === 'already-there') return 'done'
  return 'refused'
}

async function sent(letter: Letter): Promise<void> {
  await store.letters.delete(letter.key)
  lettersSent.value += 1
  await count()
}

async function deliver(letter: Letter): Promise<boolean> {
  try {
    if (letter.kind === 'photo') {
      const form = photoForm({ blob: letter.blob!, takenAt: letter.taken_at ?? '' }, 'site')
      await call('POST', letter.path, { form, idempotencyKey: letter.key })
    } else await call('POST', letter.path, { body: letter.body ?? {}, idempotencyKey: letter.key })
    await sent(letter)
    return true
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const verdict = verdictOf(error)
    if (verdict === 'done') await sent(letter)
    else await store.letters.update(letter.key, { state: verdict === 'refused' ? 'refused' : 'waiting', why: [error.titleZh || error.message, error.detail].filter(Boolean).join(': ') })
    if (error.status === 0) network.value = false
    return verdict !== 'wait'
  }
}

/** Sends in order. `again` tries refused ones too, because the person asked. */
export async function flush(again = false): Promise<void> {
  if (sending) {
    // What was written while letters are on their way goes right after them, not at the next timer.
    askedMeanwhile = true
    return
  }
  sending = true
  try {
    do {
      askedMeanwhile = false
      await sendAll(again)
    } while (askedMeanwhile)
  } finally {
    sending = false
    await count()
  }
}

async function sendAll(again: boolean): Promise<void> {
  const blocked = new Set<string>()
  for (const letter of await store.letters.orderBy('made_at').toArray()) {
    if (letter.state === 'refused' && !again) {
      blocked.add(letter.task_id)
      continue
    }
    // What follows a refused step of the same task would be refused as well, or worse, accepted out of order.
    if (blocked.has(letter.task_id) && letter.kind === 'action') continue
    if (!(await deliver(letter))) break
    if ((await store.letters.get(letter.key))?.state === 'refused') blocked.add(letter.task_id)
  }
}

export async function discard(key: string): Promise<void> {
  await store.letters.delete(key)
  await count()
}

export function watchNetwork(): () => void {
  const on = () => {
    network.value = true
    void flush()
  }
  const off = () => (network.value = false)
  const seen = () => { if (!document.hidden) void flush() }
  window.addEventListener('online', on)
  window.addEventListener('offline', off)
  document.addEventListener('visibilitychange', seen)
  const timer = window.setInterval(() => { if (waitingCount.value) void flush() }, 20_000)
  void count()
  return () => {
    window.removeEventListener('online', on)
    window.removeEventListener('offline', off)
    document.removeEventListener('visibilitychange', seen)
    window.clearInterval(timer)
  }
}
