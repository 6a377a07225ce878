/** The settings of an outlet's rules as a draft: changes against what is in force, copies from another outlet, differences of versions. */
import type { OutletRules, RuleSettings, SignalSource } from '@/api/anomaly-types'

/** One difference: where it is in the document, and what stood and stands there as text ('' for nothing). */
export interface Difference { where: string; before: string; after: string }

export const emptySettings = (): RuleSettings => ({ rules: {}, signals: {}, facts: {} })

/** What is in force, as a document of its own. */
export function settingsOf(shown: OutletRules): RuleSettings {
  const rules: RuleSettings['rules'] = {}
  for (const rule of shown.rules) {
    const parameters = Object.fromEntries(rule.parameters.filter((one) => one.changed).map((one) => [one.name, one.value]))
    if (!rule.enabled || Object.keys(parameters).length) rules[rule.rule_id] = { enabled: rule.enabled, reason: rule.reason, parameters }
  }
  return normal({ rules, signals: shown.signals, facts: shown.facts })
}

/** Without what says nothing: a rule that is on with its defaults, an empty source, a blank fact. */
export function normal(body: Partial<RuleSettings>): RuleSettings {
  const found = emptySettings()
  for (const [id, rule] of Object.entries(body.rules ?? {})) {
    const parameters = Object.fromEntries(Object.entries(rule.parameters ?? {}).filter(([, value]) => value !== ''))
    const off = rule.enabled === false
    if (off || Object.keys(parameters).length) found.rules[id] = { enabled: !off, reason: off ? (rule.reason ?? '') : '', parameters }
  }
  for (const [role, sources] of Object.entries(body.signals ?? {})) {
    const kept = sources.filter((one) => one.factor.trim()).map(plainSource)
    if (kept.length) found.signals[role] = kept
  }
  for (const [key, value] of Object.entries(body.facts ?? {})) if (value.trim()) found.facts[key] = value.trim()
  return found
}

function plainSource(source: SignalSource): SignalSource {
  return { factor: source.factor.trim(), ...(source.point_id ? { point_id: source.point_id } : {}), ...(source.rated ? { rated: source.rated.trim() } : {}) }
}

/** Each place of a document with its text, so that two documents can be compared place by place. */
function places(body: Partial<RuleSettings>): Map<string, string> {
  const whole = normal(body)
  const found = new Map<string, string>()
  for (const [id, rule] of Object.entries(whole.rules)) {
    if (rule.enabled === false) found.set(`rules.${id}.enabled`, rule.reason ? `off: ${rule.reason}` : 'off')
    for (const [name, value] of Object.entries(rule.parameters ?? {})) found.set(`rules.${id}.parameters.${name}`, value)
  }
  for (const [role, sources] of Object.entries(whole.signals)) found.set(`signals.${role}`, sources.map((one) => [one.point_id ?? '', one.factor, one.rated ?? ''].join('|')).join('; '))
  for (const [key, value] of Object.entries(whole.facts)) found.set(`facts.${key}`, value)
  return found
}

export function differences(before: Partial<RuleSettings>, after: Partial<RuleSettings>): Difference[] {
  const [a, b] = [places(before), places(after)]
  return [...new Set([...a.keys(), ...b.keys()])].sort().filter((where) => a.get(where) !== b.get(where)).map((where) => ({ where, before: a.get(where) ?? '', after: b.get(where) ?? '' }))
}

/** Puts the changes that were made to `base` onto `newer`, place by place: what nobody else touched stays mine. */
export function rebased(base: RuleSettings, mine: RuleSettings, newer: RuleSettings): RuleSettings {
  const made = normal(newer)
  for (const { where } of differences(base, mine)) {
    const [room, key, part, name] = splitPlace(where)
    if (room === 'rules') {
      const rule = (made.rules[key] ??= {})
      if (part === 'enabled') [rule.enabled, rule.reason] = [mine.rules[key]?.enabled ?? true, mine.rules[key]?.reason ?? '']
      else (rule.parameters ??= {})[name] = mine.rules[key]?.parameters?.[name] ?? ''
    } else if (room === 'signals') made.signals[key] = mine.signals[key] ?? []
    else made.facts[key] = mine.facts[key] ?? ''
  }
  return normal(made)
}

/** Fact and signal keys hold dots and slashes of their own: only rules are split further. */
function splitPlace(where: string): [string, string, string, string] {
  const dot = where.indexOf('.')
  const [room, rest] = [where.slice(0, dot), where.slice(dot + 1)]
  if (room !== 'rules') return [room, rest, '', '']
  const [key = '', part = '', name = ''] = rest.split('.')
  return [room, key, part, name]
}

/** Another outlet's settings for this one. Left out: factors this one does not report, sources that are the other outlet itself. */
export function copied(from: RuleSettings, to: RuleSettings, reports: (factor: string) => boolean): { made: RuleSettings; taken: number; left: string[] } {
  const left: string[] = []
  let taken = 0
  const made = normal(to)
  for (const [id, rule] of Object.entries(from.rules)) {
    made.rules[id] = { ...rule }
    taken += 1
  }
  for (const [key, value] of Object.entries(from.facts)) {
    const factor = key.split('/')[1]?.split(':')[0] ?? ''
    if (factor && !reports(factor)) left.push(`facts.${key}`)
    else [made.facts[key], taken] = [value, taken + 1]
  }
  for (const [role, sources] of Object.entries(from.signals)) {
    const factor = role.split('/')[1] ?? ''
    const usable = sources.filter((one) => one.point_id || reports(one.factor))
    if (!usable.length || (factor && !reports(factor))) left.push(`signals.${role}`)
    else [made.signals[role], taken] = [usable, taken + 1]
  }
  return { made: normal(made), taken, left }
}

/** Where the page shows what a rule needs: the tab, and the key in it. */
export function placeOfNeed(needs: string): { tab: string; at: string } | null {
  const [room = '', ...rest] = needs.split('.')
  return ['facts', 'signals', 'records'].includes(room) ? { tab: room, at: rest.join('.') } : null
}
