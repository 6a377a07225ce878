/** Rules of the survey pages without a browser: entry rows, boundaries, what a verdict is shown as. */
import type { Outcome, SiteVerdict } from '@/api/survey-types'

export type Shown = Outcome | 'none'
export const OUTCOMES: readonly Outcome[] = ['over', 'undecided', 'compliant', 'not-judged']

/** Fields of a result in the order they are typed; the later ones are folded away unless the kind needs them. */
export const FIRST_FIELDS = ['site', 'item', 'sampled_at', 'value', 'unit', 'detection_limit', 'method'] as const
export const MORE_FIELDS = ['sample_number', 'depth', 'averaging', 'background', 'ph', 'frequent', 'note'] as const
export const RESULT_FIELDS = [...FIRST_FIELDS, ...MORE_FIELDS] as const
export type ResultField = (typeof RESULT_FIELDS)[number]
export type EntryRow = Record<ResultField, string>

export const emptyRow = (): EntryRow => Object.fromEntries(RESULT_FIELDS.map((field) => [field, ''])) as EntryRow
/** The next row mostly shares place, time, method and unit with the one before; item and value are new. */
export const nextRow = (row: EntryRow): EntryRow => ({ ...row, item: '', value: '', unit: '', detection_limit: '', method: '' })
export const isBlank = (row: EntryRow): boolean => !row.item && !row.value

const YES = new Set(['是', 'yes', 'true', '1'])
/** What is sent: only what was filled in. */
export function sentRow(row: EntryRow): Record<string, string | boolean> {
  const filled = Object.entries(row).map(([name, text]) => [name, text.trim()] as const).filter(([, text]) => text)
  return Object.fromEntries(filled.map(([name, text]) => [name, name === 'frequent' ? YES.has(text.toLowerCase()) : text]))
}

export type EntryFault = 'required' | 'number' | 'below' | 'needsLimit' | 'time' | 'sensory' | 'unknownSite' | 'unknownItem'
export interface EntryKnown { sites: ReadonlySet<string>; item: { sensory: boolean; unit: string } | null; needed: readonly ResultField[] }

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const BELOW = /^(?:[<＜〈]\s*([\d.e+-]+)|([\d.e+-]+)\s*[LＬ])$/i
const NOT_DETECTED = new Set(['nd', '未检出', 'n.d.'])
const SENSORY = new Set(['有', '无', 'present', 'none', 'yes', 'no', 'nd', '未检出'])
const TIME = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2})?)?$/

/** What can be said while typing; the platform judges the whole row again. Empty rows have no faults. */
export function entryFaults(row: EntryRow, known: EntryKnown): Partial<Record<ResultField, EntryFault>> {
  if (isBlank(row)) return {}
  const faults: Partial<Record<ResultField, EntryFault>> = {}
  for (const field of ['site', 'item', 'sampled_at', 'value', ...known.needed] as const) if (!row[field].trim()) faults[field] = 'required'
  if (row.site && !known.sites.has(row.site.trim())) faults.site = 'unknownSite'
  if (row.item && !known.item) faults.item = 'unknownItem'
  if (row.sampled_at && !TIME.test(row.sampled_at.trim())) faults.sampled_at = 'time'
  if (known.item && !known.item.sensory && known.item.unit !== '1' && !row.unit.trim()) faults.unit = 'required'
  for (const field of ['detection_limit', 'background', 'ph'] as const) if (row[field] && !NUMBER.test(row[field].trim())) faults[field] = 'number'
  const value = valueFault(row, known.item?.sensory ?? false)
  if (row.value && value) faults.value = value
  return faults
}

function valueFault(row: EntryRow, sensory: boolean): EntryFault | undefined {
  const text = row.value.trim()
  const limit = row.detection_limit.trim()
  if (sensory) return SENSORY.has(text.toLowerCase()) ? undefined : 'sensory'
  if (NOT_DETECTED.has(text.toLowerCase())) return limit ? undefined : 'needsLimit'
  if (BELOW.test(text)) return undefined
  if (!NUMBER.test(text)) return 'number'
  return limit && Number(text) < Number(limit) ? 'below' : undefined
}

/** Faults of the platform by row: `results.3.unit` -> row 3, field unit. */
export function faultAt(faults: Readonly<Record<string, string>>, row: number, field: string): string {
  return faults[`results.${row}.${field}`] ?? (field === 'item' ? (faults[`results.${row}`] ?? '') : '')
}

const LINE = /^\s*(-?\d+(?:\.\d+)?)[\s,，;]+(-?\d+(?:\.\d+)?)\s*$/
/** GeoJSON as typed or pasted, or one "longitude,latitude" a line (closed here); null for neither. */
export function boundaryOf(text: string): Record<string, unknown> | null {
  const plain = text.trim()
  if (plain.startsWith('{')) {
    try {
      return JSON.parse(plain) as Record<string, unknown>
    } catch {
      return null
    }
  }
  const places = plain.split('\n').filter((line) => line.trim()).map((line) => LINE.exec(line))
  if (places.length < 3 || places.some((place) => !place)) return null
  const ring = places.map((place) => [Number(place![1]), Number(place![2])])
  const closed = ring[0]![0] === ring[ring.length - 1]![0] && ring[0]![1] === ring[ring.length - 1]![1]
  return { type: 'Polygon', coordinates: [closed ? ring : [...ring, ring[0]!]] }
}

/** `0.25` as +25.0 %; a dash when two samples cannot be compared. */
export function changeText(change: number | undefined): string {
  return change === undefined ? '—' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`
}

/** Square metres as hectares with two digits; small plots keep more. */
export const hectares = (squareMetres: number): string => (squareMetres >= 1000 ? (squareMetres / 10_000).toFixed(2) : (squareMetres / 10_000).toPrecision(2))

/** The items that make the class or the risk; where soil is negligible in every item, none of them decides anything. */
export function decidingText(kind: string, verdict: SiteVerdict | null, zh: boolean): string {
  if (kind === 'soil' && verdict?.grade_level === 1) return '—'
  return (zh ? verdict?.deciding?.join('、') : (verdict?.deciding_en ?? verdict?.deciding)?.join(', ')) || '—'
}

/** Places that stand for a clause where the standard's table of limits is cited by them, in Chinese as the standards say it. */
const PLACES_ZH: Readonly<Record<string, string>> = {
  'factory boundary: 1 m outside the boundary': '厂界外 1 m',
  'social-life noise source boundary: 1 m outside the boundary': '社会生活噪声排放源边界外 1 m',
  'construction site boundary: boundary': '建筑施工场界',
  'ambient: outdoor': '声环境功能区',
}
export const clauseWord = (clause: string | undefined, isZh: boolean): string => (clause && isZh ? (PLACES_ZH[clause] ?? clause) : (clause ?? ''))
