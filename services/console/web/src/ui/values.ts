/** Rules of showing one measured value. */
import type { FactorValue } from '@/api/types'

/** 超标倍数 = (C - S) / S = ratio - 1, two decimals; null when the value keeps its limit or has none. */
export function exceedingMultiple(ratio: number | null | undefined): string | null {
  if (ratio === null || ratio === undefined || ratio <= 1) return null
  return (ratio - 1).toFixed(2)
}

/** The converted concentration (折算) that is held against a limit, where it is not the measured one; null otherwise. */
export function convertedValue(factor: FactorValue): string | null {
  const observed = factor.limit?.basis === 'converted' ? factor.limit.observed : null
  return observed && observed !== factor.value ? observed : null
}

/** HJ 212-2017 6.6.4: N (or no mark) is a normal value; every other letter says why the value is not judged as it is. */
export function isFlagged(mark: string | null | undefined): boolean {
  return !!mark && mark !== 'N'
}

const SPELLED: Readonly<Record<string, string>> = { degC: '℃', degree: '°', 'degree(angle)': '°', deg: '°', dimensionless: '' }

/** Units as people write them: mg/m3 -> mg/m³, ug/m3 -> μg/m³, and no unit for a bare number. */
export function unitText(unit: string | null | undefined): string {
  if (!unit || unit === '1') return ''
  if (unit in SPELLED) return SPELLED[unit]!
  return unit.replace(/\^?([23])(?![0-9])/g, (_, digit: string) => (digit === '2' ? '²' : '³')).replace(/\bu(?=[gSm])/, 'μ')
}

/** A live factor carries value, mark and ratio only; name, unit and limit come from what was read before, newest last. */
export function completed(live: FactorValue, ...known: (Partial<FactorValue> | undefined)[]): FactorValue {
  const before: Partial<FactorValue> = Object.assign({}, ...known)
  const limit = live.limit ?? [...known].reverse().find((one) => one?.limit)?.limit ?? null
  return { ...before, ...live, limit }
}

/** The factor to show when there is room for one: the worst against its limit, else the first that has a value. */
export function leadingFactor(factors: readonly FactorValue[] | undefined): FactorValue | null {
  let lead: FactorValue | null = null
  for (const factor of factors ?? []) {
    if (factor.value === null || factor.value === undefined) continue
    if (!lead || (factor.ratio ?? -1) > (lead.ratio ?? -1)) lead = factor
  }
  return lead
}

/** Seconds with one digit; what rounds to nothing has no sign. */
export const secondsText = (seconds: number): string => (Math.abs(seconds) < 0.05 ? 0 : seconds).toFixed(1)

/** Bytes in the unit that reads best; — when unknown. */
export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '—'
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}
