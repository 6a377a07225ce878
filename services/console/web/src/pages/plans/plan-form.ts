/** A plan as a form: the class of the enterprise says the cycle (T/GXAS 710-2024 annex A), without a class the cycle is chosen. */
import type { Cycle, Plan } from '@/api/task-types'
import type { AlarmLevel } from '@/api/types'

export const CYCLES: readonly Cycle[] = ['month', 'quarter', 'half-year', 'year']
export const CLASS_CYCLE: Readonly<Record<'A' | 'B' | 'C', Cycle>> = { A: 'quarter', B: 'half-year', C: 'year' }

export interface PlanDraft {
  name_zh: string
  name_en: string
  kind: string
  enterprise_class: '' | 'A' | 'B' | 'C'
  cycle: Cycle
  first_due: string
  lead_days: string
  priority: AlarmLevel
  enterprise_id: string
  assignee: string
  assignee_role: string
  details: Record<string, unknown>
  active: boolean
}

export function draftOf(plan: Plan | null, today: string): PlanDraft {
  if (!plan) return { name_zh: '', name_en: '', kind: 'inspection', enterprise_class: 'A', cycle: 'quarter', first_due: today, lead_days: '7', priority: 'blue', enterprise_id: '', assignee: '', assignee_role: 'inspector', details: {}, active: true }
  return {
    name_zh: plan.name_zh, name_en: plan.name_en, kind: plan.kind, enterprise_class: plan.enterprise_class ?? '', cycle: plan.cycle, first_due: plan.first_due, lead_days: String(plan.lead_days),
    priority: plan.priority, enterprise_id: plan.enterprise_id ?? '', assignee: plan.assignee ?? '', assignee_role: plan.assignee_role ?? '', details: plan.details, active: plan.active,
  }
}

export interface Known { enterprises: readonly { enterprise_id: string; name_zh: string }[]; people: readonly { username: string; display_name: string }[] }

/** The body to send; `before` keeps what the form does not show (the subject) and names the version that was seen. */
export function bodyOf(draft: PlanDraft, known: Known, details: Record<string, unknown>, before: Plan | null): Record<string, unknown> {
  const enterprise = known.enterprises.find((one) => one.enterprise_id === draft.enterprise_id)
  const person = known.people.find((one) => one.username === draft.assignee)
  return {
    name_zh: draft.name_zh.trim(), name_en: draft.name_en.trim(), kind: draft.kind, first_due: draft.first_due, lead_days: Number(draft.lead_days || '0'), priority: draft.priority, details, active: draft.active,
    ...(draft.enterprise_class ? { enterprise_class: draft.enterprise_class } : { cycle: draft.cycle }),
    ...(draft.enterprise_id ? { enterprise_id: draft.enterprise_id, enterprise_name_zh: enterprise?.name_zh ?? before?.enterprise_name_zh ?? '' } : {}),
    ...(draft.assignee ? { assignee: draft.assignee, assignee_name: person?.display_name ?? before?.assignee_name ?? '' } : draft.assignee_role ? { assignee_role: draft.assignee_role } : {}),
    ...(before?.subject_id ? { subject_id: before.subject_id, subject_name_zh: before.subject_name_zh, subject_name_en: before.subject_name_en } : {}),
    ...(before ? { version: before.version } : {}),
  }
}

export function missingOf(draft: PlanDraft): string[] {
  return [draft.name_zh.trim() ? '' : 'name_zh', draft.first_due ? '' : 'first_due', /^\d+$/.test(draft.lead_days.trim()) ? '' : 'lead_days'].filter(Boolean)
}

/** Coming rounds by the month in which their task is made, in order. */
export function byMonth<T extends { fires_at: string }>(rounds: readonly T[]): { month: string; rounds: T[] }[] {
  const found = new Map<string, T[]>()
  for (const round of rounds) {
    const month = round.fires_at.slice(0, 7)
    found.set(month, [...(found.get(month) ?? []), round])
  }
  return [...found].map(([month, of]) => ({ month, rounds: of }))
}
