/** The rules of the device list: what belongs to a filter, what a column sorts by. */
import type { DeviceRow } from '@/api/device-types'
import type { SortValue } from '@/ui/sorting'

/** A clock further off than this is told: HJ 212 wants devices set by the platform; the bound is ours. */
export const SKEW_TOLD_S = 60

export interface ListedDevice extends DeviceRow {
  point: string
  enterprise: string
}

export interface DeviceWish {
  q: string
  state: string
  edition: string
  fault: string
}

export const deviationsOf = (row: DeviceRow): Record<string, number> =>
  typeof row.deviations === 'string' ? (JSON.parse(row.deviations) as Record<string, number>) : (row.deviations ?? {})

export const deviationCount = (row: DeviceRow): number => Object.values(deviationsOf(row)).reduce((sum, count) => sum + count, 0)

export const isSkewed = (row: DeviceRow): boolean => Math.abs(row.clock_skew_s ?? 0) > SKEW_TOLD_S

export const speaksOtherEdition = (row: DeviceRow): boolean => Boolean(row.edition && row.registered_edition && row.edition !== row.registered_edition)

export function isWishedDevice(row: ListedDevice, wish: DeviceWish): boolean {
  if (wish.state && row.state !== wish.state) return false
  if (wish.edition && (row.edition || row.registered_edition) !== wish.edition) return false
  if (wish.fault === 'skew' && !isSkewed(row)) return false
  if (wish.fault === 'deviating' && !deviationCount(row)) return false
  if (wish.fault === 'edition' && !speaksOtherEdition(row)) return false
  const words = wish.q.trim().toLowerCase()
  return !words || [row.mn, row.point, row.enterprise, row.peer].some((text) => text?.toLowerCase().includes(words))
}

const ORDER_OF_STATE: Record<string, number> = { online: 3, unregistered: 2, offline: 1, 'never-seen': 0 }

export function deviceSortValue(row: ListedDevice, key: string): SortValue {
  switch (key) {
    case 'state': return ORDER_OF_STATE[row.state] ?? 4
    case 'last': return row.last_frame_at ? Date.parse(row.last_frame_at) : null
    case 'skew': return row.clock_skew_s === null || row.clock_skew_s === undefined ? null : Math.abs(row.clock_skew_s)
    case 'deviations': return deviationCount(row)
    case 'frames': return row.frames ?? null
    case 'bytes': return row.bytes_received ?? null
    case 'edition': return row.edition || row.registered_edition
    case 'point': return row.point
    case 'peer': return row.peer
    default: return row.mn
  }
}
