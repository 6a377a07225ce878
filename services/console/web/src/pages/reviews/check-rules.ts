/** What the pages of checks decide without a browser: which drift a reading gives, which kinds of check there are. */

export const DRIFTS: Readonly<Record<string, string>> = { 'zero drift': 'zero', 'span drift': 'span', 'standard sample': 'standard sample' }
export const OTHERS = ['full-system calibration', 'verification', 'comparison', 'calibration', 'auto-calibration'] as const
export const INSTRUMENTS = ['gas', 'particulate', 'flow', 'water analyser'] as const
export const DUE_STATES = ['overdue', 'due', 'no-record', 'ok'] as const
export const REQUIREMENTS = ['calibration', 'full-system', 'verification', 'standard-check', 'auto-calibration', 'comparison'] as const

/** The kind of check that meets what is due. */
export const KIND_OF: Readonly<Record<string, string>> = { calibration: 'span drift', 'full-system': 'full-system calibration', verification: 'verification', 'standard-check': 'standard sample', 'auto-calibration': 'auto-calibration', comparison: 'comparison' }

/** A check of these drifts needs these readings; a water analyser is held against the standard itself. */
export const needsFullScale = (instrument: string): boolean => instrument !== 'water analyser'

/** The drift that follows from a reading, in per cent, as the platform computes it; null while a number is missing. */
export function driftOf(instrument: string, reference: string, measured: string, fullScale: string): number | null {
  const [should, read, full] = [reference, measured, fullScale].map((text) => (text.trim() === '' ? Number.NaN : Number(text))) as [number, number, number]
  const base = needsFullScale(instrument) ? full : should
  return Number.isFinite(read - should) && base > 0 ? ((read - should) / base) * 100 : null
}
