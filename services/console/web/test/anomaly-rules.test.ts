import { describe, expect, it } from 'vitest'
import type { RuleSettings } from '@/api/anomaly-types'
import { copied, differences, normal, placeOfNeed, rebased } from '@/pages/anomalies/rule-draft'

const base: RuleSettings = { rules: { AN12: { enabled: true, reason: '', parameters: { highest: '18' } } }, signals: { load: [{ factor: 'i33400' }] }, facts: { 'range/a21026': '100' } }

describe('a draft of rule settings', () => {
  it('leaves out what says nothing', () => {
    const said = normal({ rules: { AN01: { enabled: true }, AN02: { enabled: false, reason: 'x' }, AN12: { parameters: { highest: '' } } }, signals: { load: [{ factor: ' ' }] }, facts: { design_flow: ' ' } })
    expect(said).toEqual({ rules: { AN02: { enabled: false, reason: 'x', parameters: {} } }, signals: {}, facts: {} })
  })

  it('differs from itself nowhere, and from another where each says something else', () => {
    expect(differences(base, base)).toEqual([])
    const other = normal({ ...base, rules: {}, facts: { 'range/a21026': '200', baseline_oxygen: '3.5' } })
    expect(differences(base, other).map((one) => [one.where, one.before, one.after])).toEqual([
      ['facts.baseline_oxygen', '', '3.5'], ['facts.range/a21026', '100', '200'], ['rules.AN12.parameters.highest', '18', ''],
    ])
  })

  it('is put onto a newer version without undoing what others did', () => {
    const mine = normal({ ...base, facts: { 'range/a21026': '200' } })
    const newer = normal({ ...base, rules: { AN12: { parameters: { highest: '17' } } }, facts: { ...base.facts, baseline_oxygen: '6' } })
    const made = rebased(base, mine, newer)
    expect(made.facts).toEqual({ 'range/a21026': '200', baseline_oxygen: '6' })
    expect(made.rules.AN12?.parameters).toEqual({ highest: '17' })
  })

  it('takes from another outlet what this one can use', () => {
    const from = normal({
      rules: { AN10: { enabled: false, reason: '批次' } }, facts: { 'range/a21026': '100', 'range/w01018': '500', design_flow: '9' },
      signals: { production: [{ factor: 'z1', point_id: 'p' }], load: [{ factor: 'i33400' }], 'analyser/w01018': [{ factor: 's', point_id: 'p' }] },
    })
    const { made, taken, left } = copied(from, { rules: {}, signals: {}, facts: { 'range/a21026': '90', purge: '5' } }, (factor) => factor === 'a21026')
    expect(made.facts).toEqual({ 'range/a21026': '100', design_flow: '9', purge: '5' })
    expect(Object.keys(made.signals)).toEqual(['production'])
    expect(taken).toBe(4)
    expect(left.sort()).toEqual(['facts.range/w01018', 'signals.analyser/w01018', 'signals.load'])
  })

  it('knows where a lack is mended', () => {
    expect(placeOfNeed('facts.range/a21026')).toEqual({ tab: 'facts', at: 'range/a21026' })
    expect(placeOfNeed('signals.production')).toEqual({ tab: 'signals', at: 'production' })
    expect(placeOfNeed('limits')).toBeNull()
  })
})
