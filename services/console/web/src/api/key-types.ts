/** Keys of devices as hj212-gateway shows them: state, who and when; never the key. */
import type { Page } from './types'
import type { CommandState } from './device-types'

export type KeyState = 'offered' | 'confirmed' | 'in-force' | 'retired' | 'dropped'

export interface DeviceKey {
  key_id: string
  mn: string
  state: KeyState
  /** The command 1014 that carried it; null: a person entered it. */
  command_id: string | null
  set_by: string
  reason: string
  made_at: string
  confirmed_at: string | null
  in_force_at: string | null
  ended_at: string | null
  /** Who ended it by hand; null: a newer key did. */
  ended_by: string | null
  ended_reason: string | null
  replace_before: string | null
}

export interface KeyStanding {
  mn: string
  point_id: string | null
  edition: string
  state: KeyState | 'none'
  key_id: string | null
  set_by: string | null
  reason: string | null
  made_at: string | null
  confirmed_at: string | null
  in_force_at: string | null
  ended_at: string | null
  replace_before: string | null
  due: boolean
  handover: 'under-way' | 'failed' | null
  command: { command_id: string; state: CommandState; code: number | null; detail: string; requested_by: string; created_at: string } | null
}

export type KeyTally = 'in_force' | 'none' | 'under_way' | 'failed' | 'due'

export interface KeyStandings extends Page<KeyStanding> {
  counts: Record<KeyTally, number>
}
