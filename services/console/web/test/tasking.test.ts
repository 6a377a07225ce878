import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FormField, Kind, Plan } from '@/api/task-types'
import { emptyKind, lineOf, readKind, spanOf, textOf } from '@/pages/kinds/kind-text'
import { bodyOf, byMonth, CLASS_CYCLE, draftOf, missingOf } from '@/pages/plans/plan-form'
import { answerFaults, answerText, sentAnswers, typedAnswers } from '@/ui/data-form'

const shipped = JSON.parse(readFileSync(join(__dirname, '../../../task-dispatch/task_dispatch/policies/kinds.json'), 'utf8')) as Kind[]
const inspection = shipped.find((one) => one.kind === 'inspection')!
const known = { enterprises: [{ enterprise_id: 'e1', name_zh: '甲厂' }], people: [{ username: 'li', display_name: '李' }] }

describe('a form that is data', () => {
  it('names what is missing, also inside rows, and numbers out of range', () => {
    expect(answerFaults(inspection.fields, { problem_list: [{ item: '1a' }] })).toEqual({ problems: 'required', 'problem_list.0.found': 'required' })
    expect(answerFaults(inspection.fields, { problems: '201' })).toEqual({ problems: 'most' })
    expect(answerFaults(inspection.fields, { problems: 'x' })).toEqual({ problems: 'number' })
    expect(answerFaults(inspection.fields, { problems: '0' })).toEqual({})
  })

  it('is sent as the platform takes it and can be changed again', () => {
    const fields: FormField[] = [{ name: 'n', label_zh: '', label_en: '', type: 'number' }, { name: 'at', label_zh: '', label_en: '', type: 'instant' }, { name: 'yes', label_zh: '', label_en: '', type: 'yes-no' }, { name: 'empty', label_zh: '', label_en: '' }, { name: 'rows', label_zh: '', label_en: '', type: 'rows', columns: [{ name: 'm', label_zh: '', label_en: '', type: 'number' }] }]
    const typed = { n: ' 3.5 ', at: '2026-11-22T08:00', yes: 'false', empty: '  ', rows: [{ m: '1' }] }
    const sent = sentAnswers(fields, typed)
    expect(sent).toEqual({ n: 3.5, at: '2026-11-22T08:00:00+08:00', yes: false, rows: [{ m: 1 }] })
    expect(sentAnswers(fields, typedAnswers(fields, sent))).toEqual(sent)
  })

  it('is read with the names of its choices', () => {
    const words = { zh: true, yes: '是', no: '否', choice: (value: string) => value }
    const field = inspection.order_fields.find((one) => one.name === 'enterprise_class')!
    expect(answerText(field, 'A', words)).toBe('A 重点企业')
    expect(answerText({ ...field, type: 'yes-no' }, false, words)).toBe('否')
    expect(answerText(field, '', words)).toBe('—')
  })

  it('has an input for every type of field that the shipped kinds use', () => {
    const types = new Set(shipped.flatMap((kind) => [...(kind.fields ?? []), ...(kind.order_fields ?? [])].map((field) => field.type ?? 'text')))
    const drawn = ['text', 'long-text', 'number', 'choice', 'choices', 'date', 'instant', 'yes-no', 'rows']
    expect([...types].filter((type) => !drawn.includes(type))).toEqual([])
  })
})

describe('a plan', () => {
  it('leaves the cycle to the class of the enterprise, or says it itself', () => {
    const draft = { ...draftOf(null, '2026-12-01'), name_zh: ' 例行检查 ', enterprise_id: 'e1', assignee: 'li' }
    expect(bodyOf(draft, known, {}, null)).toEqual({ name_zh: '例行检查', name_en: '', kind: 'inspection', first_due: '2026-12-01', lead_days: 7, priority: 'blue', details: {}, active: true, enterprise_class: 'A', enterprise_id: 'e1', enterprise_name_zh: '甲厂', assignee: 'li', assignee_name: '李' })
    expect(bodyOf({ ...draft, enterprise_class: '', cycle: 'month', assignee: '' }, known, {}, null)).toMatchObject({ cycle: 'month', assignee_role: 'inspector' })
    expect(CLASS_CYCLE).toEqual({ A: 'quarter', B: 'half-year', C: 'year' })
    expect(missingOf({ ...draft, lead_days: 'soon', first_due: '' })).toEqual(['first_due', 'lead_days'])
  })

  it('keeps what the form does not show when it is paused', () => {
    const plan = { plan_id: 'p', version: 4, name_zh: '甲', name_en: '', kind: 'inspection', cycle: 'year', first_due: '2026-12-01', round: 1, lead_days: 3, priority: 'blue', enterprise_class: 'C', enterprise_id: 'gone', enterprise_name_zh: '旧厂', subject_id: 's', subject_name_zh: '口', subject_name_en: '', assignee: 'old', assignee_name: '旧人', assignee_role: null, details: { scope: 'x' }, active: true, next_due: '', next_fires_at: '' } satisfies Plan
    expect(bodyOf({ ...draftOf(plan, ''), active: false }, { enterprises: [], people: [] }, plan.details, plan)).toMatchObject({ active: false, version: 4, enterprise_name_zh: '旧厂', assignee_name: '旧人', subject_id: 's', details: { scope: 'x' }, enterprise_class: 'C' })
  })

  it('shows what is coming by month', () => {
    const rounds = ['2026-12-24T06:00:00+08:00', '2027-01-05T06:00:00+08:00', '2027-01-09T06:00:00+08:00'].map((fires_at) => ({ fires_at }))
    expect(byMonth(rounds).map((one) => [one.month, one.rounds.length])).toEqual([['2026-12', 1], ['2027-01', 2]])
  })
})

describe('a kind of task as text', () => {
  it('knows on which line a fault stands', () => {
    const text = textOf(inspection)
    const body = JSON.parse(text) as Kind
    const line = lineOf(body, 'fields.1.columns.0.name')
    expect(text.split('\n')[line - 1]).toContain('"name": "item"')
    const [from, to] = spanOf(text, line)
    expect(text.slice(from, to)).toContain('"item"')
    expect(lineOf(body, 'fields.99')).toBe(lineOf(body, 'fields'))
    expect(lineOf(body, '')).toBe(1)
  })

  it('says what is no object, and leaves out what the platform adds', () => {
    expect(readKind('[]')).toEqual({ fault: '{ }', line: 1 })
    expect('fault' in readKind('{"kind": }')).toBe(true)
    expect(JSON.parse(textOf({ ...emptyKind(), version: 3 }))).not.toHaveProperty('version')
  })
})
