/** Shapes of /surveys: sites, campaigns, results, imports, set-aside rows, land plots. */
import type { Medium, Page } from './types'

export type Outcome = 'over' | 'undecided' | 'compliant' | 'not-judged'

export interface Versioned { version: number; author: string; reason: string; made_at: string }
export interface Version<Body> extends Versioned { body: Body; verdict?: ResultVerdict | null; withdrawn?: boolean }

export interface SurveySite extends Versioned {
  site_id: string
  kind: Medium
  code: string
  name_zh: string
  name_en: string
  longitude: number
  latitude: number
  category: string
  noise_standard: string
  water_body: string
  enterprise_id: string | null
  enterprise_name_zh: string
  note: string
}

/** What newest samples say together; fields without content are left out. */
export interface Said {
  outcome: Outcome
  colour: string
  results: number
  counts: Partial<Record<Outcome, number>>
  grade?: string
  grade_level?: number
  grade_zh?: string
  grade_en?: string
  deciding?: string[]
  deciding_en?: string[]
}
export interface SiteVerdict extends Said {
  site_id: string
  sampled_at: string
  levels?: { day?: string; night?: string; ldn?: string }
}

export interface Campaign extends Versioned {
  campaign_id: string
  kind: Medium
  name_zh: string
  name_en: string
  planned_on: string
  laboratory: string
  note: string
  outcomes?: Partial<Record<Outcome, number>> | null
}
export interface SampledSite { site: SurveySite; verdict: SiteVerdict }
export interface CampaignDetail extends Campaign { sites: SampledSite[]; versions: Version<Partial<Campaign>>[] }

export interface ResultVerdict {
  outcome: Outcome
  zh: string
  en: string
  grade?: string
  grade_level?: number
  limit?: string
  unit?: string
  ratio?: number
  standard?: string
  clause?: string
  confidence?: string
}
export interface SurveyResult extends Versioned {
  result_id: string
  campaign_id: string
  site_id: string
  kind: Medium
  item: string
  item_name_zh: string
  item_name_en: string
  sampled_at: string
  text: string
  unit: string
  detected: boolean
  value: string | null
  detection_limit: string | null
  method: string
  sample_number: string
  depth: string
  averaging: string
  background: string | null
  ph: string | null
  frequent: boolean
  note: string
  withdrawn: boolean
  verdict: ResultVerdict
  site?: { code: string; name_zh: string; name_en: string; category: string }
}
export interface ResultsPage extends Page<SurveyResult> { counts: Partial<Record<Outcome, number>> }
export interface ResultDetail extends SurveyResult { versions: Version<Partial<SurveyResult>>[] }

export interface RowProblem { column: string; value: string; what_zh: string; what_en: string }
export interface SurveyImportRow {
  row: number
  status: 'created' | 'updated' | 'unchanged' | 'rejected'
  key: string
  errors?: RowProblem[]
  outcome?: Outcome | ''
  verdict_zh?: string
  verdict_en?: string
}
export type SheetName = 'sites' | 'results'
export interface SurveyImport {
  import_id: string
  sheet: SheetName
  campaign_id: string | null
  filename: string
  dry_run: boolean
  all_or_nothing: boolean
  stored: boolean
  imported_at: string
  imported_by: string
  total: number
  accepted: number
  rejected: number
  rows?: SurveyImportRow[]
}

export type SetAsideState = 'open' | 'mended' | 'dismissed'
export interface SetAsideRow {
  set_aside_id: string
  import_id: string
  sheet: SheetName
  campaign_id: string | null
  row: number
  reason: string
  texts: Record<string, string>
  mended: Record<string, string> | null
  problems: RowProblem[]
  state: SetAsideState
  settled_at: string | null
  settled_by: string | null
  outcome: string | null
  filename: string
  imported_at: string
  imported_by: string
}
export interface SetAsideRows extends Page<SetAsideRow> { counts: Partial<Record<SetAsideState, number>> }

export interface NamedItem { item: string; name_zh: string; name_en: string }
export interface KindVerdict extends Said {
  kind: Medium
  sites: number
  unsampled?: string[]
  sampled_from: string
  sampled_to: string
  campaigns: string[]
  above_screening?: NamedItem[]
  above_control?: NamedItem[]
  over?: NamedItem[]
}
export interface PlotVerdict { outcome: Outcome; colour: string; kinds: KindVerdict[] }
export interface LandPlot extends Versioned {
  plot_id: string
  code: string
  name_zh: string
  name_en: string
  land_use: string
  boundary: { type: string; coordinates: unknown }
  area_m2: number
  investigation: string
  investigation_source: string
  enterprise_id: string | null
  enterprise_name_zh: string
  sites: { site_id: string; position?: string }[]
  note: string
  verdict: PlotVerdict | null
}
export interface PlotMember { site: SurveySite; position: string; verdict: SiteVerdict | null }
export interface PlotDetail extends LandPlot {
  members: PlotMember[]
  attentions: { site_id: string; code: string; zh: string; en: string }[]
  versions: Version<Partial<LandPlot>>[]
}

export interface TrendValue {
  result_id: string
  campaign_id: string
  sampled_at: string
  text: string
  unit: string
  detected: boolean
  outcome: Outcome
  value?: string
  detection_limit?: string
  limit?: string
  grade?: string
  change?: number
}
export interface Trend { item: string; item_name_zh: string; item_name_en: string; depth: string; averaging: string; values: TrendValue[] }
export interface WellTable {
  wells: { site_id: string; code: string; name_zh: string; name_en: string; position: string; background: boolean; sampled_at: string | null }[]
  items: { item: string; item_name_zh: string; item_name_en: string; values: Record<string, TrendValue> }[]
}

export interface Choice { key: string; name_zh: string; name_en: string }
export interface SheetColumn { name: string; name_zh: string; name_en: string; required: boolean; example: string; note_zh: string; note_en: string }
export interface KindChoice { key: Medium; name_zh: string; category_zh: string; category_en: string; category_needed: boolean; categories: Choice[] }
export interface SurveyChoices {
  kinds: KindChoice[]
  noise_standards: (Choice & { zones: string[] })[]
  water_bodies: Choice[]
  averagings: Choice[]
  investigations: Choice[]
  positions: Choice[]
  sheets: Record<SheetName, SheetColumn[]>
}
export interface SurveyItem { key: string; name_zh: string; name_en: string; unit: string; sensory: boolean }
export interface SurveyFeature<Properties> { type: 'Feature'; geometry: { type: string; coordinates: unknown }; properties: Properties }
export interface Features<Properties> { type: 'FeatureCollection'; features: SurveyFeature<Properties>[] }
export interface SiteOnMap { site_id: string; code: string; kind: Medium; name_zh: string; name_en: string; category: string; verdict: SiteVerdict | null }
export interface PlotOnMap { plot_id: string; code: string; name_zh: string; name_en: string; verdict: PlotVerdict | null }
