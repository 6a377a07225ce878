import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Policy, PolicyEntry } from '@/api/rule-types'
import { canonical, changesOf, moved, printOf, readPolicy, STEP_FIELDS, stepsOf, withField, withoutStep, withStep } from '@/pages/rules/policy-draft'

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

  it('reads text or says why it is none', () => {
    expect(readPolicy(JSON.stringify(shipped))).toEqual(shipped)
    expect(typeof readPolicy('{')).toBe('string')
    expect(readPolicy('[]')).toBe('entries')
    expect(canonical({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}')
  })
})
