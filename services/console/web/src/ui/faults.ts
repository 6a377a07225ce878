/** What the platform says is wrong with a form, sorted by the place it names; what has no field of its own is said below the form. */
import { Problem } from '@/api/client'

/** Sentence by place, e.g. `config.port`; `''` holds what cannot be shown beside a field. */
export type Faults = Readonly<Record<string, string>>

interface Said { where: string; what: string; what_zh?: string }

/** Places come as `body.config.port`, `$.config.port` or `config.port`: all mean the field of the form. */
export const placeOf = (where: string): string => where.replace(/^(body|\$|query)\.?/, '').replace(/\[(\d+)\]/g, '.$1')

export function faultsOf(problem: unknown, isZh: boolean): Faults {
  if (!(problem instanceof Problem)) return {}
  const found: Record<string, string> = {}
  for (const one of problem.errors as readonly Said[]) {
    const place = placeOf(one.where)
    const text = (isZh && one.what_zh) || one.what
    found[place] = found[place] ? `${found[place]}; ${text}` : text
  }
  return found
}

/** What is said at a place or anywhere inside it. */
export function faultWithin(faults: Faults, place: string): string {
  return Object.entries(faults).filter(([where]) => where === place || where.startsWith(`${place}.`)).map(([, what]) => what).join('; ')
}
