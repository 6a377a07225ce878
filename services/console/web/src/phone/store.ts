/** What the phone keeps: copies of tasks and the outbox. One record a photo, so a dead battery loses one photo, not the form. */
import Dexie, { type Table } from 'dexie'
import type { Task, TaskDetail } from '@/api/task-types'

export interface KeptTask {
  task_id: string
  task: TaskDetail | Task
  detail: boolean
  kept_at: number
}

export interface Letter {
  key: string
  task_id: string
  made_at: number
  kind: 'action' | 'photo'
  path: string
  body?: Record<string, unknown>
  blob?: Blob
  taken_at?: string
  state: 'waiting' | 'refused'
  why: string
}

class PhoneStore extends Dexie {
  tasks!: Table<KeptTask, string>
  letters!: Table<Letter, string>

  constructor() {
    super('park-console-phone')
    this.version(1).stores({ tasks: 'task_id, kept_at', letters: 'key, task_id, made_at, state' })
  }
}

export const store = new PhoneStore()
