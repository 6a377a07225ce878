/** How a point stands now, most urgent first: alarm level, offline, maintenance, stopped, no data, normal. Pure. */
import type { AlarmLevel, Latest, MapPoint } from '@/api/types'

export type PointStatus = AlarmLevel | 'offline' | 'service' | 'stopped' | 'nodata' | 'normal'

const SERVICE_MARKS = new Set(['M', 'C', 'D', 'B'])

function commonMark(latest: Latest): string | null {
  const marks = new Set(latest.factors.map((factor) => factor.mark ?? 'N'))
  return marks.size === 1 ? [...marks][0]! : null
}

export function pointStatus(point: MapPoint, latest: Latest | null | undefined, alarm: AlarmLevel | null, session?: string): PointStatus {
  if (alarm) return alarm
  if ((session ?? point.device_state) === 'offline') return 'offline'
  if (!latest || latest.factors.length === 0) return 'nodata'
  const mark = commonMark(latest)
  if (mark === 'F') return 'stopped'
  if (mark && SERVICE_MARKS.has(mark)) return 'service'
  return 'normal'
}
