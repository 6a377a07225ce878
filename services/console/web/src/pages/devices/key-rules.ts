/** What the pages of keys work out for themselves: which tally asks what, whether a typed key can be one. */
import type { KeyTally } from '@/api/key-types'
import type { Query } from '@/api/client'

export const TALLIES: readonly KeyTally[] = ['in_force', 'none', 'under_way', 'failed', 'due']

/** What a counter asks the list for. */
export const ASKS: Readonly<Record<KeyTally, Query>> = {
  in_force: { state: 'in-force' }, none: { state: 'none' }, under_way: { handover: 'under-way' }, failed: { handover: 'failed' }, due: { due: true },
}

/** 16 letters or digits as in NewSK, or the 16 bytes as 32 hex digits (HJ 212-2025 6.4.4). */
export const canBeKey = (text: string): boolean => /^[A-Za-z0-9]{16}$/.test(text) || /^[0-9A-Fa-f]{32}$/.test(text)
