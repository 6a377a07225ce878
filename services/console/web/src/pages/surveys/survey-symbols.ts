/** A verdict as colour and shape: triangle over, diamond undecided, circle compliant, square not judged, dashes not sampled. */
import type { Shown } from './survey-rules'

interface Look { edge: string; fill: string; drawn: string; polygon: string; dash: number[] }
export const LOOKS: Readonly<Record<Shown, Look>> = {
  over: { edge: '#8f001a', fill: '#b30021', polygon: 'rgba(179,0,33,.22)', dash: [], drawn: '<path d="M14 3l12 22H2z" fill="#b30021" stroke="#fff" stroke-width="1.500"/><path d="M14 11v7M14 20.500v1.800" stroke="#fff" stroke-width="2.400" stroke-linecap="round"/>' },
  undecided: { edge: '#8a6d00', fill: '#ffd200', polygon: 'rgba(255,210,0,.25)', dash: [10, 4], drawn: '<path d="M14 2l12 12-12 12L2 14z" fill="#ffd200" stroke="#8a6d00" stroke-width="1.500"/><text x="14" y="19.500" text-anchor="middle" font-size="15" font-weight="700" font-family="sans-serif" fill="#1f2733">?</text>' },
  compliant: { edge: '#1e7d46', fill: '#ffffff', polygon: 'rgba(30,125,70,.10)', dash: [], drawn: '<circle cx="14" cy="14" r="10" fill="#fff" stroke="#1e7d46" stroke-width="2.400"/><path d="M9.500 14l3.200 3.200 6-6.400" fill="none" stroke="#1e7d46" stroke-width="2.200" stroke-linecap="round" stroke-linejoin="round"/>' },
  'not-judged': { edge: '#6b7480', fill: '#e5e8ec', polygon: 'rgba(107,116,128,.14)', dash: [3, 3], drawn: '<rect x="5" y="5" width="18" height="18" fill="#e5e8ec" stroke="#6b7480" stroke-width="2"/><path d="M10 14h8" stroke="#6b7480" stroke-width="2.400"/>' },
  none: { edge: '#8c96a3', fill: '#ffffff', polygon: 'rgba(140,150,163,.06)', dash: [2, 4], drawn: '<circle cx="14" cy="14" r="9.500" fill="#fff" stroke="#8c96a3" stroke-width="2" stroke-dasharray="3 2.500"/>' },
}
export const SHOWN: readonly Shown[] = ['over', 'undecided', 'compliant', 'not-judged', 'none']

const cache = new Map<Shown, string>()

/** 28 x 28 symbol as a data address. */
export function verdictSymbol(shown: Shown): string {
  let found = cache.get(shown)
  if (!found) {
    found = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">${LOOKS[shown].drawn}</svg>`)}`
    cache.set(shown, found)
  }
  return found
}
