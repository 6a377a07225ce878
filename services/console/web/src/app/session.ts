/** Who is signed in and what they may do. The guard hides; the gateway decides. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { get, post, Problem } from '@/api/client'
import type { User } from '@/api/types'
import { startLive, stopLive } from './live'

interface SignedIn {
  user: User
  expires_at?: string
  must_change_password?: boolean
}

export const useSession = defineStore('session', () => {
  const user = ref<User | null>(null)
  const known = ref(false)
  const mustChange = ref(false)
  const permissions = computed(() => new Set(user.value?.permissions ?? []))

  function take(found: User | null): void {
    user.value = found
    known.value = true
    if (found) startLive()
    else stopLive()
  }

  async function restore(): Promise<void> {
    if (known.value) return
    try {
      const me = await get<User | SignedIn>('/auth/me')
      take('user' in me ? me.user : me)
    } catch (error) {
      // 401 is the plain answer "not signed in"; anything else must not look like a wrong password later.
      if (error instanceof Problem && error.status !== 401) throw error
      take(null)
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    const answer = await post<SignedIn>('/auth/sign-in', { username, password })
    mustChange.value = answer.must_change_password ?? false
    take(answer.user)
  }

  async function signOut(): Promise<void> {
    try {
      await post('/auth/sign-out')
    } finally {
      take(null)
    }
  }

  const may = (permission: string): boolean => permissions.value.has(permission)
  return { user, known, mustChange, may, restore, signIn, signOut, drop: () => take(null) }
})
