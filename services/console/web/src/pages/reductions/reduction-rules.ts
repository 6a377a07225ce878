/** What the pages of reductions compute by themselves: shares as percent, the form of a line, hours as a curve with its allowed value. */
import type { Keeping, Level, LevelMeasure, ListedLine, MeasureDetail } from '@/api/reduction-types'
import type { Series } from '@/api/types'

export const LEVELS: readonly Level[] = ['yellow', 'orange', 'red']

/** A share as people read it: 0.525 is 52.5 %. */
export function percent(share: string | null | undefined): string {
  if (share === null || share === undefined || share === '') return '—'
  return `${Number((Number(share) * 100).toFixed(1))} %`
}

export const hoursOf = (keeping: Keeping): string => (keeping.expected_hours === undefined ? '—' : `${keeping.hours ?? 0}/${keeping.expected_hours}`)

export interface LineForm {
  enterprise_id: string
  line: string
  industry: string
  grade: string
  point_id: string
  factor: string
  usual_value: string
  note: string
  measures: Record<Level, { measure_zh: string; allowed_share: string }>
  emissions: Record<string, string>
}

const noMeasures = () => Object.fromEntries(LEVELS.map((one) => [one, { measure_zh: '', allowed_share: '' }])) as LineForm['measures']

export function formOf(line: ListedLine | null): LineForm {
  const measures = noMeasures()
  for (const level of LEVELS) if (line?.measures[level]) measures[level] = { measure_zh: line.measures[level]!.measure_zh, allowed_share: line.measures[level]!.allowed_share ?? '' }
  return {
    enterprise_id: line?.enterprise_id ?? '', line: line?.line ?? '', industry: line?.industry ?? '', grade: line?.grade ?? '', point_id: line?.point_id ?? '', factor: line?.factor ?? '',
    usual_value: line?.usual_value ?? '', note: line?.note ?? '', measures, emissions: { ...line?.emissions },
  }
}

/** What is sent: levels without words are left out, empty numbers are none. */
export function bodyOf(form: LineForm): Record<string, unknown> {
  const said = LEVELS.filter((one) => form.measures[one].measure_zh.trim() || form.measures[one].allowed_share.trim())
  const measures = Object.fromEntries(said.map((one): [Level, LevelMeasure] => [one, { measure_zh: form.measures[one].measure_zh.trim(), allowed_share: form.measures[one].allowed_share.trim() || null }]))
  const emissions = Object.fromEntries(Object.entries(form.emissions).filter(([, value]) => value.trim()).map(([key, value]) => [key, value.trim()]))
  return { ...form, line: form.line.trim(), point_id: form.point_id || null, usual_value: form.usual_value.trim() || null, measures, emissions }
}

/** The hours of a meter as a series; what is allowed is drawn as a limit from the start of the order on. */
export function seriesOf(found: MeasureDetail): Series {
  const allowed = found.keeping.allowed
  return {
    point_id: found.point_id ?? '', period: 'hour', reduced: 1, gaps: [],
    series: [{
      factor: found.factor, unit: found.unit, name_zh: found.factor_zh, name_en: found.factor_en, values: found.curve.map(([at, value, mark]) => [at, value, mark]),
      limits: allowed ? [{ limit_id: found.measure_id, upper: allowed, lower: null, unit: found.unit, standard: '', clause: '', averaging: 'hour', basis: 'measured', valid_from: found.order.starts_at.slice(0, 10), valid_to: null } as never] : [],
    }],
  }
}
