/** One answer of the platform that follows its question; an older answer never overwrites a newer one. */
import { ref, shallowRef } from 'vue'
import { get, type Query } from '@/api/client'

export function useAnswer<T>() {
  const answer = shallowRef<T | null>(null)
  const loading = ref(false)
  const error = ref<unknown>(null)
  let turn = 0
  async function ask(path: string, query: Query = {}): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = null
    try {
      const found = await get<T>(path, query)
      if (mine === turn) answer.value = found
    } catch (problem) {
      if (mine === turn) [answer.value, error.value] = [null, problem]
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  return { answer, loading, error, ask }
}
