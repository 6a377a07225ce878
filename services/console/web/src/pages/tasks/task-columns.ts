/** The board: one column a stage of the closed loop; a state appears in exactly one column. */
import type { Task } from '@/api/task-types'
import type { TaskState } from '@/api/types'

export interface BoardColumn {
  readonly label: string
  readonly states: readonly TaskState[]
}

export const BOARD: readonly BoardColumn[] = [
  { label: 'tasks.columnCreated', states: ['created', 'refused'] },
  { label: 'tasks.columnDispatched', states: ['dispatched'] },
  { label: 'tasks.columnWorking', states: ['signed', 'on-site', 'handled', 'returned'] },
  { label: 'tasks.columnReported', states: ['reported', 'verified'] },
  { label: 'tasks.columnClosed', states: ['closed', 'cancelled'] },
]

/** The stages of the state bar, in order. */
export const STAGES: readonly TaskState[] = ['created', 'dispatched', 'signed', 'on-site', 'reported', 'verified', 'closed']

/** Which stage a state stands on; a returned task is on site again, a refused one must be dispatched again. */
export function stageOf(state: TaskState): number {
  const alias: Partial<Record<TaskState, TaskState>> = { handled: 'on-site', returned: 'on-site', refused: 'created', cancelled: 'closed' }
  return STAGES.indexOf(alias[state] ?? state)
}

export const isOver = (task: Pick<Task, 'state'>): boolean => task.state === 'closed' || task.state === 'cancelled'

/** Overdue first, then by deadline: what burns is on top. */
export function byUrgency(a: Task, b: Task): number {
  return Number(b.overdue ?? false) - Number(a.overdue ?? false) || Date.parse(a.due_at) - Date.parse(b.due_at)
}
