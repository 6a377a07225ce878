/** Symbols of the map as SVG data addresses: drawn once, cached by what they mean. */
import type { Medium } from '@/api/types'
import { LEVELS } from '@/ui/levels'
import { MEDIUM_GLYPH } from '@/ui/media'
import type { PointStatus } from './point-state'

const RING: Record<Exclude<PointStatus, keyof typeof LEVELS>, { ring: string; ink: string; fill: string; dash: string }> = {
  normal: { ring: '#1e7d46', ink: '#1f2733', fill: '#ffffff', dash: '' },
  offline: { ring: '#6b7280', ink: '#6b7280', fill: '#e5e8ec', dash: '3 2' },
  stopped: { ring: '#9aa3af', ink: '#6b7280', fill: '#f1f3f5', dash: '' },
  service: { ring: '#6b4fc0', ink: '#4c3796', fill: '#f1edfb', dash: '4 2' },
  nodata: { ring: '#8c96a3', ink: '#6b7480', fill: '#ffffff', dash: '2 2' },
}

/** Badge in a corner, so that an unusual state is a shape too and never only a colour. */
const BADGE: Partial<Record<PointStatus, string>> = {
  offline: '<path d="M24 3h9v9h-9z" fill="#6b7280"/><path d="M26 5l5 5M31 5l-5 5" stroke="#fff" stroke-width="1.600"/>',
  stopped: '<path d="M24 3h9v9h-9z" fill="#6b7280"/><path d="M26 7.500h5" stroke="#fff" stroke-width="1.800"/>',
  service: '<circle cx="28.500" cy="7.500" r="5" fill="#6b4fc0"/><path d="M26 10l5-5" stroke="#fff" stroke-width="1.800"/>',
}

const cache = new Map<string, string>()

function glyph(medium: Medium, ink: string, scale: number, at: number): string {
  return `<g transform="translate(${at} ${at}) scale(${scale})" fill="none" stroke="${ink}" stroke-width="1.900" stroke-linecap="round" stroke-linejoin="round"><path d="${MEDIUM_GLYPH[medium]}"/></g>`
}

function drawn(medium: Medium, status: PointStatus): string {
  const level = status in LEVELS ? LEVELS[status as keyof typeof LEVELS] : null
  if (level) {
    const dy = status === 'yellow' ? 17.5 : 16
    return `<g transform="translate(2 2) scale(1.333)"><path d="${level.shape}" fill="${level.fill}" stroke="#ffffff" stroke-width="1.500"/><path d="${level.shape}" fill="none" stroke="${level.edge}" stroke-width=".7"/></g>`
      + `<text x="18" y="${dy + 6}" text-anchor="middle" font-size="14" font-weight="700" font-family="Noto Sans CJK SC,Microsoft YaHei,sans-serif" fill="${level.text}">${level.roman}</text>`
  }
  const look = RING[status as keyof typeof RING]
  return `<circle cx="18" cy="18" r="12" fill="${look.fill}" stroke="${look.ring}" stroke-width="2" stroke-dasharray="${look.dash}"/>`
    + glyph(medium, look.ink, 0.62, 10.5) + (BADGE[status] ?? '')
}

/** 36 x 36 symbol of a point. */
export function pointSymbol(medium: Medium, status: PointStatus): string {
  const key = `${medium}/${status}`
  let found = cache.get(key)
  if (!found) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36" viewBox="0 0 36 36">${drawn(medium, status)}</svg>`
    found = `data:image/svg+xml,${encodeURIComponent(svg)}`
    cache.set(key, found)
  }
  return found
}
