/** What crosses the border with api-gateway, hand-written from the HTTP contract. Instants are ISO-8601 texts with offset. */
import type { Alarm, AlarmCounts } from './alarm-types'
import type { Device, Session } from './device-types'
import type { Task } from './task-types'

export type AlarmLevel = 'red' | 'orange' | 'yellow' | 'blue'

export type AlarmState = 'active' | 'acknowledged' | 'resolved' | 'closed'

export type TaskState =
  | 'created' | 'dispatched' | 'signed' | 'on-site' | 'handled' | 'reported' | 'verified' | 'returned' | 'refused' | 'closed' | 'cancelled'

export type Medium = 'waste-water' | 'waste-gas' | 'rain-water' | 'ambient-air' | 'surface-water'
  | 'groundwater' | 'soil' | 'noise' | 'odour'

export type Period = 'realtime' | 'minute' | 'hour' | 'day'

export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total: number | null
}

export interface User {
  user_id: string
  username: string
  display_name: string
  role: string
  permissions: string[]
  enterprise_id?: string | null
  active?: boolean
  last_sign_in_at?: string | null
}

export interface Limit {
  limit_id?: string
  factor?: string
  unit?: string
  upper?: string | null
  lower?: string | null
  standard: string
  clause: string
  averaging: string
  basis?: string
  source?: string
  /** What was held against the limit, where that is not the value itself: the converted concentration (折算). */
  observed?: string | null
  valid_from?: string | null
  valid_to?: string | null
}

export interface FactorValue {
  factor: string
  name_zh?: string
  name_en?: string
  value: string | null
  unit?: string
  mark?: string | null
  attribute?: string
  limit?: Limit | null
  ratio?: number | null
}

export interface Latest {
  point_id: string
  mn?: string
  data_time: string
  received_at?: string
  factors: FactorValue[]
}

export interface MonitoredFactor {
  factor: string
  name_zh: string
  name_en: string
  unit: string
  decimals?: number
}

export interface Point {
  point_id: string
  code: string
  name_zh: string
  name_en: string
  medium: Medium
  longitude: number
  latitude: number
  enterprise_id?: string | null
  enterprise_name_zh?: string
  enterprise_name_en?: string
  factors?: MonitoredFactor[]
  limits?: Limit[]
  target_class?: string
  /** What sort of outlet or station: organised, micro-air, lake, zone-noise ... */
  point_kind?: string | null
  in_service_from?: string | null
  active?: boolean
  device?: Device | null
}

export interface MapPoint extends Point {
  device_state?: string | null
  mn?: string | null
  latest?: Latest | null
  alarm_level?: AlarmLevel | null
  open_alarms?: number
}

export interface SeriesItem {
  factor: string
  unit: string
  name_zh: string
  name_en: string
  /** measured, or converted (折算) to the reference oxygen content. */
  basis?: string
  /** [epoch ms, value, mark]; value null where the device sent none. */
  values: [number, number | string | null, (string | null)?][]
  limits: Limit[]
}

export interface Series {
  point_id: string
  period: Period
  reduced: number
  series: SeriesItem[]
  gaps: [number, number, string][]
}

export interface MapComposition {
  park?: { name_zh: string; name_en: string; centre: [number, number] }
  points: MapPoint[]
  alarms: Alarm[]
  server_time: string
}

export interface Overview {
  /** A tile is null while the service that knows it is away. */
  alarms: AlarmCounts | null
  tasks: { open: number; overdue: number; mine: number } | null
  devices: { online: number; offline: number; total: number } | null
  points: number | null
  unavailable?: string[]
  server_time: string
}

export interface PointFull {
  point: Point
  device?: Device | null
  session?: Session | null
  latest?: Latest | null
  alarms?: Alarm[]
  tasks?: Task[]
}

export interface FrameEntry {
  factor: string
  attribute: string
  value: string | null
  mark?: string | null
}

export interface Frame {
  entries?: FrameEntry[]
  supplementary?: boolean
  incomplete?: boolean
  data_time: string
  received_at: string
  period?: string
  command?: string
  revision?: number
  raw_text?: string
  raw?: string
  mn?: string
  [field: string]: unknown
}
