import { describe, expect, it } from 'vitest'
import type { ListedLine, MeasureDetail } from '@/api/reduction-types'
import { bodyOf, formOf, hoursOf, percent, seriesOf } from '@/pages/reductions/reduction-rules'

describe('reductions', () => {
  it('write shares as percent', () => {
    expect([percent('0.525'), percent('0'), percent(null), percent('1')]).toEqual(['52.5 %', '0 %', '—', '100 %'])
    expect(hoursOf({ hours: 3, expected_hours: 22 })).toBe('3/22')
    expect(hoursOf({})).toBe('—')
  })

  it('leave out levels that say nothing, and keep what has no share', () => {
    const line = { enterprise_id: 'e', line: ' 1 号炉 ', industry: '', grade: 'C', point_id: null, factor: '', usual_value: null, note: '', measures: { orange: { measure_zh: '停止土方', allowed_share: null } }, emissions: { SO2: '12' } } as unknown as ListedLine
    const form = formOf(line)
    form.emissions.NOx = ' '
    const body = bodyOf(form)
    expect(body.measures).toEqual({ orange: { measure_zh: '停止土方', allowed_share: null } })
    expect([body.line, body.point_id, body.usual_value, body.emissions]).toEqual(['1 号炉', null, null, { SO2: '12' }])
    form.measures.red.allowed_share = '0'
    expect(bodyOf(form).measures).toHaveProperty('red')
  })

  it('draw what is allowed from the day of the order on', () => {
    const found = { measure_id: 'm', point_id: 'p', factor: 'z1', unit: 'kW', factor_zh: '用电', factor_en: 'power', curve: [[0, 5, null]], keeping: { allowed: '150' }, order: { starts_at: '2026-11-20T08:00:00+08:00' } } as unknown as MeasureDetail
    const [curve] = seriesOf(found).series
    expect(curve!.limits[0]).toMatchObject({ upper: '150', valid_from: '2026-11-20' })
    expect(curve!.values).toEqual([[0, 5, null]])
  })
})
