import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Policy, PolicyEntry } from '@/api/rule-types'
import { STEP_FIELDS, adopted, canonical, changesOf, leftOut, moved, printOf, readPolicy, stepsOf, undecided, withField, withStep, withoutStep } from '@/pages/rules/policy-draft'

const shipped = JSON.parse(readFileSync(join(__dirname, '../../../alerting/alerting/policies/grading.json'), 'utf8')) as Policy
const named = (name: string): PolicyEntry => shipped.entries.find((entry) => entry.name === name)!
const draftWith = (changed: PolicyEntry): Policy => ({ ...shipped, entries: shipped.entries.map((entry) => (entry.name === changed.name ? changed : entry)) })

describe('a draft of the alarm rules', () => {
  it('knows every kind of step that the shipped rules have, and all fields but those that only the text shows', () => {
    const kinds = new Set(shipped.entries.flatMap((entry) => Object.keys(entry).filter((key) => key.endsWith('_steps'))))
    expect([...kinds].filter((kind) => !STEP_FIELDS[kind])).toEqual([])
    const strange = shipped.entries.flatMap((entry) => [...kinds].flatMap((kind) => stepsOf(entry, kind).flatMap((step) => Object.keys(step).filter((name) => !STEP_FIELDS[kind]![name]))))
    expect([...new Set(strange)]).toEqual(['hours'])
  })

  it('changes one field, keeps what it does not know, and says which entry changed', () => {
    const gas = withField(named('emission-gas'), 'ratio_steps', 1, 'above', '1.8')
    expect(stepsOf(gas, 'ratio_steps')[1]).toEqual({ above: 1.8, level: 'yellow' })
    expect(changesOf(shipped, draftWith(gas))).toEqual([{ what: 'emission-gas', how: 'changed' }])
    const night = withField(named('emission-gas'), 'circumstance_steps', 3, 'wind_below', '0.8')
    expect(stepsOf(night, 'circumstance_steps')[3]).toMatchObject({ wind_below: 0.8, hours: ['22:00:00', '06:00:00'] })
  })

  it('takes an emptied field away and leaves what is no number for the platform to refuse', () => {
    const base = withField(named('emission-gas'), 'duration_steps', 0, 'base', '')
    expect(stepsOf(base, 'duration_steps')[0]).toEqual({ hours: 2, level: 'yellow' })
    expect(stepsOf(withField(base, 'duration_steps', 0, 'hours', 'two'), 'duration_steps')[0]).toEqual({ hours: 'two', level: 'yellow' })
  })

  it('adds and removes steps; the last one takes the list along', () => {
    const more = withStep(named('missing-data'), 'ratio_steps')
    expect(stepsOf(more, 'ratio_steps')).toHaveLength(1)
    expect(withoutStep(more, 'ratio_steps', 0)).toEqual(named('missing-data'))
  })

  it('is unchanged whatever the order of keys, changed by the order of entries, not by its note', () => {
    const turned = Object.fromEntries(Object.entries(shipped).reverse()) as unknown as Policy
    expect(changesOf(shipped, turned)).toEqual([])
    expect(printOf({ ...shipped, note: 'other' })).toBe(printOf(turned))
    const order = { ...shipped, entries: moved(shipped.entries, 0, 1) }
    expect(changesOf(shipped, order)).toEqual([{ what: 'entries', how: 'reordered' }])
    expect(moved(shipped.entries, 0, -1)).toEqual(shipped.entries)
    expect(printOf(order)).not.toBe(printOf(shipped))
  })

  it('names new and removed entries and changed parts', () => {
    const other = { ...shipped, notify: { ...shipped.notify, red: [] }, entries: [...shipped.entries.slice(1), { ...named('offline'), name: 'offline-copy' }] }
    expect(changesOf(shipped, other)).toEqual([{ what: 'offline-copy', how: 'added' }, { what: 'first-class-pollutant', how: 'removed' }, { what: 'notify', how: 'changed' }])
  })

  it('adopts what a release brings before the entry for all others, or leaves it out, and asks no more', () => {
    const fresh = [{ of: 'noise', entry: named('noise') }, { of: 'data-quality', entry: { ...named('data-quality'), name: 'data-quality-new' } }]
    const old = { ...shipped, entries: shipped.entries.filter((one) => one.name !== 'noise') }
    expect(undecided(fresh, old)).toEqual(fresh)
    const draft = adopted(leftOut(old, fresh[1]!), fresh[0]!)
    expect(draft.entries.slice(-2).map((one) => one.name)).toEqual(['noise', 'any-other'])
    expect(draft.left_out).toEqual(['data-quality'])
    expect(undecided(fresh, draft)).toEqual([])
  })

  it('reads lists and flags of a step', () => {
    const beside = withField(named('fraud-suspicion'), 'circumstance_steps', 0, 'beside_rules', 'AN08, AN30')
    expect(stepsOf(beside, 'circumstance_steps')[0]).toMatchObject({ beside_rules: ['AN08', 'AN30'] })
    const strict = withField(named('total-control'), 'ratio_steps', 0, 'inclusive', '')
    expect(stepsOf(strict, 'ratio_steps')[0]).toEqual({ above: 0.8, level: 'blue' })
    expect(stepsOf(withField(strict, 'ratio_steps', 0, 'inclusive', 'true'), 'ratio_steps')[0]).toMatchObject({ inclusive: true })
  })

  it('reads text or says why it is none', () => {
    expect(readPolicy(JSON.stringify(shipped))).toEqual(shipped)
    expect(typeof readPolicy('{')).toBe('string')
    expect(readPolicy('[]')).toBe('entries')
    expect(canonical({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}')
  })
})
