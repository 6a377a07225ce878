import { describe, expect, it } from 'vitest'
import { boundaryOf, changeText, emptyRow, entryFaults, faultAt, hectares, nextRow, sentRow, type EntryKnown, type EntryRow } from '@/pages/surveys/survey-rules'

const KNOWN: EntryKnown = { sites: new Set(['GW-01']), item: { sensory: false, unit: 'mg/L' }, needed: [] }
const row = (change: Partial<EntryRow> = {}): EntryRow => ({ ...emptyRow(), site: 'GW-01', item: '氨氮', sampled_at: '2026-03-01 14:30', value: '0.12', unit: 'mg/L', ...change })

describe('a row of results while it is typed', () => {
  it('has no faults as the laboratory writes it', () => {
    for (const value of ['0.12', '<0.025', '0.025L', '1.2e-3']) expect(entryFaults(row({ value }), KNOWN)).toEqual({})
    expect(entryFaults(emptyRow(), KNOWN)).toEqual({})
  })

  it('says each thing at its own field', () => {
    expect(entryFaults(row({ site: 'GW-99', sampled_at: 'yesterday', unit: '' }), KNOWN)).toEqual({ site: 'unknownSite', sampled_at: 'time', unit: 'required' })
    expect(entryFaults(row({ item: '幽灵素' }), { ...KNOWN, item: null })).toEqual({ item: 'unknownItem' })
    expect(entryFaults(row({ value: 'much' }), KNOWN)).toEqual({ value: 'number' })
    expect(entryFaults(row({ value: 'ND' }), KNOWN)).toEqual({ value: 'needsLimit' })
    expect(entryFaults(row({ value: 'ND', detection_limit: '0.025' }), KNOWN)).toEqual({})
    expect(entryFaults(row({ value: '0.01', detection_limit: '0.025' }), KNOWN)).toEqual({ value: 'below' })
    expect(entryFaults(row(), { ...KNOWN, needed: ['ph'] })).toEqual({ ph: 'required' })
    expect(entryFaults(row({ value: '0.1', unit: '' }), { ...KNOWN, item: { sensory: true, unit: '1' } })).toEqual({ value: 'sensory' })
  })

  it('is sent without what was left empty, and the next one keeps place and time', () => {
    expect(sentRow(row({ frequent: '是' }))).toEqual({ site: 'GW-01', item: '氨氮', sampled_at: '2026-03-01 14:30', value: '0.12', unit: 'mg/L', frequent: true })
    expect(nextRow(row({ depth: '0-0.5m' }))).toMatchObject({ site: 'GW-01', sampled_at: '2026-03-01 14:30', depth: '0-0.5m', item: '', value: '', unit: '' })
  })

  it('finds what the platform says of it', () => {
    const faults = { 'results.1.unit': 'does not convert', 'results.2': 'is kept already' }
    expect(faultAt(faults, 1, 'unit')).toBe('does not convert')
    expect(faultAt(faults, 2, 'item')).toBe('is kept already')
    expect(faultAt(faults, 0, 'unit')).toBe('')
  })
})

describe('a boundary as typed', () => {
  it('is GeoJSON, or one place a line, closed', () => {
    expect(boundaryOf('{"type":"Polygon","coordinates":[]}')).toEqual({ type: 'Polygon', coordinates: [] })
    expect(boundaryOf('118.9,32.2\n118.91 32.2\n118.91，32.21\n')).toEqual({ type: 'Polygon', coordinates: [[[118.9, 32.2], [118.91, 32.2], [118.91, 32.21], [118.9, 32.2]]] })
  })

  it('is nothing else', () => {
    for (const text of ['', '{broken', '118.9,32.2\n118.91,32.2', 'a,b\nc,d\ne,f']) expect(boundaryOf(text)).toBeNull()
  })
})

describe('numbers of surveys', () => {
  it('are told as people read them', () => {
    expect(changeText(0.25)).toBe('+25.0 %')
    expect(changeText(-0.1)).toBe('-10.0 %')
    expect(changeText(undefined)).toBe('—')
    expect(hectares(12_345)).toBe('1.23')
    expect(hectares(150)).toBe('0.015')
  })
})
