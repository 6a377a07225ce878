/** What the panel of stations judged again decides without a browser. */
import type { RejudgedPeriod, Rejudgement } from '@/api/rejudging-types'

export const isOpen = (order: Pick<Rejudgement, 'state'>): boolean => order.state === 'queued' || order.state === 'running'
export const shareOf = (order: Pick<Rejudgement, 'days' | 'days_done'>): number => (order.days ? Math.round((order.days_done / order.days) * 100) : 0)

type Change = RejudgedPeriod['changes'][number]
const FIRST: readonly string[] = ['compliant', 'limit', 'mean']
const place = (field: string): number => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length)

/** The changes of a period by factor, the verdict first. */
export function byFactor(period: Pick<RejudgedPeriod, 'changes'>): Change[][] {
  const found = new Map<string, Change[]>()
  for (const one of period.changes) found.set(one.factor, [...(found.get(one.factor) ?? []), one])
  return [...found.values()].map((changes) => changes.sort((one, other) => place(one.field) - place(other.field)))
}
