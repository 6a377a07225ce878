/** Display names of the people that records name. Asked for together, once a name; unknown or refused ones stay as they are. */
import { shallowReactive } from 'vue'
import { get } from '@/api/client'
import type { Page } from '@/api/types'

const A_REQUEST = 100
const names = shallowReactive(new Map<string, string>())
const wanted = new Set<string>()
const asked = new Set<string>()
let waiting = false

async function ask(): Promise<void> {
  waiting = false
  const batch = [...wanted].slice(0, A_REQUEST)
  for (const username of batch) wanted.delete(username)
  if (wanted.size) later()
  try {
    const page = await get<Page<{ username: string; display_name: string }>>('/users/names', { username: batch })
    for (const one of page.items) names.set(one.username, one.display_name)
  } catch {
    // A record with a username is still a record.
  }
}
function later(): void {
  if (waiting) return
  waiting = true
  window.setTimeout(() => void ask(), 20)
}

/** The name to show now; where it is not known yet the username, and the page is painted again when it is. */
export function displayName(username: string): string {
  const known = names.get(username)
  if (known === undefined && !asked.has(username)) {
    asked.add(username)
    wanted.add(username)
    later()
  }
  return known ?? username
}
