/** Quota cards (刷卡排污总量): accounts of an outlet and factor over days, amounts as decimal texts in the card's unit. */
import type { Page } from './types'

export type CardState = 'ok' | 'low' | 'empty'
export type UsedBy = 'own' | 'controller'

export interface CardController {
  total_factor: string
  balance_factor: string
  valve_factor: string
  valve_open: string
  valve_closed: string
}

export interface QuotaCard {
  card_id: string
  version: number
  point_id: string
  point_name_zh: string
  point_name_en: string
  enterprise_name_zh: string
  enterprise_name_en: string
  factor: string
  factor_name_zh: string
  factor_name_en: string
  unit: string
  card_number: string
  /** Both inclusive. */
  period_start: string
  period_end: string
  used_by: UsedBy
  controller: CardController
  note: string
  charged: string
  used: string
  substituted: string
  balance: string
  share: string | null
  rate_day: string | null
  runs_out: string | null
  at_end: string | null
  days: number
  last_day: string | null
  state: CardState
  author: string
  made_at: string
  reconciliation: { own: string; controller: string; difference: string; share: string | null; days: number; tolerance: string; differs: boolean } | null
}
export interface CardsPage extends Page<QuotaCard> { counts: Record<CardState, number> }

export interface CardCharge {
  charge_id: string
  version: number
  amount: string
  document_number: string
  charged_on: string
  note: string
  withdrawn: boolean
  author: string
  reason: string
  made_at: string
  versions: Omit<CardCharge, 'versions'>[]
}
export interface CardDay { day: string; own: string | null; controller: string | null; difference: string | null }
/** Here `days` are the days themselves. */
export interface CardDetail extends Omit<QuotaCard, 'days'> {
  reported_balance: string | null
  valve: 'open' | 'closed' | 'unknown' | null
  valve_at: string | null
  charges: CardCharge[]
  versions: { version: number; author: string; reason: string; made_at: string }[]
  days: CardDay[]
}
