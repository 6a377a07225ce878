/** Numbers of results as people read them, and the arithmetic of the pictures. Pure. */
import type { Change, RoseSector } from '@/api/station-types'

/** kg below a tonne, t above; three significant digits keep the unit honest. */
export function massText(kg: string | number | null | undefined): string {
  if (kg === null || kg === undefined || kg === '') return '—'
  const mass = Number(kg)
  if (Number.isNaN(mass)) return '—'
  return Math.abs(mass) >= 1000 ? `${digits(mass / 1000)} t` : `${digits(mass)} kg`
}

/** At most four significant digits, no exponent, no trailing zeros. */
export function digits(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  const number = Number(value)
  if (Number.isNaN(number)) return String(value)
  if (number === 0) return '0'
  const places = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(Math.abs(number)))))
  return String(Number(number.toFixed(places)))
}

/** The unit a total is in (HJ 212-2017: Cou of a flow in m3, of a pollutant in kg); '' where nothing is summed up. */
export function totalUnit(unit: string): string {
  if (/\/[sh]$/.test(unit)) return 'm³'
  return /^[mu]g\//.test(unit) ? 'kg' : ''
}

/** A share of one as per cent with one digit. */
export function shareText(share: string | number | null | undefined): string {
  if (share === null || share === undefined || share === '') return '—'
  const number = Number(share)
  return Number.isNaN(number) ? '—' : `${(number * 100).toFixed(1)} %`
}

export type QuotaLevel = 'ok' | 'near' | 'over'
/** 80 % is the first warning share of the platform; above 1 the permit is used up. */
export function quotaLevel(share: string | number): QuotaLevel {
  const number = Number(share)
  return number > 1 ? 'over' : number >= 0.8 ? 'near' : 'ok'
}

/** `2026-08` for a month, `2026 Q3` for a quarter, `2026` for a year, the day itself otherwise. */
export function spanText(start: string, span: string): string {
  const [year, month] = start.split('-')
  if (span === 'year') return year!
  if (span === 'quarter') return `${year} Q${Math.ceil(Number(month) / 3)}`
  return span === 'month' ? `${year}-${month}` : start.slice(0, 10)
}

/** The last day of the month, quarter or year that begins on a day. */
export function lastDayOf(start: string, span: string): string {
  const [year, month] = start.split('-').map(Number) as [number, number]
  const months = span === 'year' ? 12 : span === 'quarter' ? 3 : 1
  return new Date(Date.UTC(year, month - 1 + months, 0)).toISOString().slice(0, 10)
}

/** `+12.3 %`, with a real minus; — where then was zero. */
export function percentText(change: Change | undefined): string {
  if (!change || change.percent === null) return '—'
  const number = Number(change.percent)
  return `${number > 0 ? '+' : number < 0 ? '−' : ''}${Math.abs(number).toFixed(1)} %`
}

/** `+1.7`, with a real minus; — for nothing. */
export function signedText(difference: string | undefined): string {
  if (difference === undefined) return '—'
  const number = Number(difference)
  return `${number > 0 ? '+' : number < 0 ? '−' : ''}${digits(Math.abs(number))}`
}

export interface Petal { sector: RoseSector; path: string; shade: number }

const point = (radius: number, degrees: number): string => {
  // 0 degrees is north, at the top; SVG's y goes down.
  const angle = (degrees * Math.PI) / 180
  return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`
}

/** One closed sector a direction: length by mean, darkness (0 to 1) by frequency. Directions without hours have none. */
export function petals(sectors: readonly RoseSector[], radius: number): Petal[] {
  const most = Math.max(0, ...sectors.map((one) => one.mean ?? 0))
  const oftenest = Math.max(0, ...sectors.map((one) => one.frequency))
  if (!sectors.length || most <= 0) return []
  const width = 360 / sectors.length
  return sectors.flatMap((sector, index) => {
    if (sector.mean === null || sector.mean <= 0) return []
    const length = (sector.mean / most) * radius
    const [from, to] = [(index - 0.46) * width, (index + 0.46) * width]
    return [{ sector, path: `M0 0L${point(length, from)}A${length.toFixed(2)} ${length.toFixed(2)} 0 0 1 ${point(length, to)}Z`, shade: oftenest ? sector.frequency / oftenest : 0 }]
  })
}

/** How strong a correlation's cell is tinted, 0 to 1; nothing below 0.3. */
export const tint = (r: number | null): number => (r === null || Math.abs(r) < 0.3 ? 0 : Math.abs(r))
