/** The rules of the rules page, without a page: fields of each kind of step, what a draft changes, when it may go live. */
import type { NewEntry, Policy, PolicyEntry, Step } from '@/api/rule-types'

export type StepField = 'number' | 'count' | 'level' | 'level?' | 'text' | 'decimal' | 'list' | 'flag'

/** Every kind of step with its fields, as alerting's policy has them; fields that stand in a policy and not here are kept. */
export const STEP_FIELDS: Readonly<Record<string, Readonly<Record<string, StepField>>>> = {
  ratio_steps: { above: 'number', inclusive: 'flag', level: 'level' },
  duration_steps: { base: 'level?', hours: 'number', level: 'level' },
  repeat_steps: { count: 'count', within_hours: 'number', level: 'level' },
  episode_steps: { base: 'level', within_hours: 'number', level: 'level' },
  value_steps: { factor: 'text', below: 'decimal', above: 'decimal', unit: 'text', level: 'level' },
  circumstance_steps: { name: 'text', base: 'level', factors_at_least: 'count', points_at_least: 'count', receptor_within_m: 'number', downwind_within_degrees: 'number', wind_below: 'number', beside_rules: 'list', beside_level: 'level?', beside_within_hours: 'number', level: 'level' },
}
export const STEP_KINDS = Object.keys(STEP_FIELDS)

const BLANK: Readonly<Record<string, Step>> = {
  ratio_steps: { above: 1, level: 'blue' }, duration_steps: { hours: 1, level: 'yellow' }, repeat_steps: { count: 3, within_hours: 24, level: 'yellow' },
  episode_steps: { base: 'orange', within_hours: 168, level: 'red' }, value_steps: { factor: '', level: 'red' }, circumstance_steps: { name: '', base: 'blue', level: 'yellow' },
}

export const stepsOf = (entry: PolicyEntry, kind: string): Step[] => (entry[kind] as Step[] | undefined) ?? []
export const isOptional = (field: StepField): boolean => field === 'level?' || field === 'decimal'
const LIST_BREAK = /[\s,，、]+/

/** The entry with other steps of one kind; a list that became empty leaves the entry. */
function withSteps(entry: PolicyEntry, kind: string, steps: Step[]): PolicyEntry {
  const { [kind]: _, ...rest } = entry
  return (steps.length ? { ...rest, [kind]: steps } : rest) as PolicyEntry
}
export const withStep = (entry: PolicyEntry, kind: string): PolicyEntry => withSteps(entry, kind, [...stepsOf(entry, kind), { ...BLANK[kind] }])
export const withoutStep = (entry: PolicyEntry, kind: string, at: number): PolicyEntry => withSteps(entry, kind, stepsOf(entry, kind).filter((_, index) => index !== at))

/** One field of one step from what was typed: numbers become numbers, an emptied field leaves the step. */
export function withField(entry: PolicyEntry, kind: string, at: number, name: string, text: string): PolicyEntry {
  const field = STEP_FIELDS[kind]![name]!
  const isNumber = field === 'number' || field === 'count'
  const steps = stepsOf(entry, kind).map((step, index) => {
    if (index !== at) return step
    const { [name]: _, ...rest } = step
    const value = text.trim()
    if (!value) return field === 'text' ? { ...rest, [name]: '' } : rest
    if (field === 'list') return { ...rest, [name]: value.split(LIST_BREAK).filter(Boolean) }
    if (field === 'flag') return { ...rest, [name]: true }
    return { ...rest, [name]: isNumber && Number.isFinite(Number(value)) ? Number(value) : value }
  })
  return withSteps(entry, kind, steps)
}

/** Entries are tried in order, the first that matches grades: moving one changes what it means. */
export function moved(entries: readonly PolicyEntry[], from: number, by: number): PolicyEntry[] {
  const to = from + by
  if (to < 0 || to >= entries.length) return [...entries]
  const list = [...entries]
  const [one] = list.splice(from, 1)
  list.splice(to, 0, one!)
  return list
}

/** What of the release's new entries a draft has neither adopted nor left out. */
export const undecided = (fresh: readonly NewEntry[], draft: Policy): NewEntry[] => fresh.filter((one) => !draft.left_out?.includes(one.of) && !draft.entries.some((entry) => entry.name === one.entry.name))

/** The draft with a new entry before the one for all others: the order in which it grades already. */
export const adopted = (draft: Policy, one: NewEntry): Policy => ({ ...draft, entries: [...draft.entries.slice(0, -1), one.entry, ...draft.entries.slice(-1)] })
export const leftOut = (draft: Policy, one: NewEntry): Policy => ({ ...draft, left_out: [...(draft.left_out ?? []), one.of] })

/** The same text for the same content whatever the order of its keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value && typeof value === 'object') {
    const pairs = Object.entries(value).filter(([, one]) => one !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

export interface Change {
  /** Name of an entry, or a part of the policy such as notify. */
  what: string
  how: 'added' | 'removed' | 'changed' | 'reordered'
}

/** What a draft changes, entry by entry and part by part; the note is no change. */
export function changesOf(before: Policy, after: Policy): Change[] {
  const [old, fresh] = [before, after].map((policy) => new Map(policy.entries.map((entry) => [entry.name, canonical(entry)]))) as [Map<string, string>, Map<string, string>]
  const found: Change[] = []
  for (const [name, text] of fresh) if (!old.has(name)) found.push({ what: name, how: 'added' })
    else if (old.get(name) !== text) found.push({ what: name, how: 'changed' })
  for (const name of old.keys()) if (!fresh.has(name)) found.push({ what: name, how: 'removed' })
  const common = (one: Map<string, string>, other: Map<string, string>) => [...one.keys()].filter((name) => other.has(name)).join()
  if (common(old, fresh) !== common(fresh, old)) found.push({ what: 'entries', how: 'reordered' })
  for (const part of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (part !== 'entries' && part !== 'note' && canonical(before[part]) !== canonical(after[part])) found.push({ what: part, how: 'changed' })
  return found
}

/** What a dry run is of: a draft that was changed after it has to be run again. */
export const printOf = (policy: Policy): string => canonical({ ...policy, note: '' })

/** A policy from text, or why it is none. */
export function readPolicy(text: string): Policy | string {
  try {
    const found = JSON.parse(text) as Policy
    if (!found || typeof found !== 'object' || !Array.isArray(found.entries)) return 'entries'
    return found
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
