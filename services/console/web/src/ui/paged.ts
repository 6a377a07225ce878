/** A list read page by page with the server's cursor. Answers that arrive after a newer question are dropped. */
import { computed, ref, shallowRef } from 'vue'
import { get, type Query } from '@/api/client'
import type { Page } from '@/api/types'

export function usePaged<T>(path: string, question: () => Query, limit = 100) {
  const items = shallowRef<T[]>([])
  const total = ref<number | null>(null)
  const loading = ref(false)
  const error = ref<unknown>(null)
  const cursor = ref<string | null>(null)
  let asked = 0

  async function read(from: string | null): Promise<void> {
    const turn = ++asked
    loading.value = true
    error.value = null
    try {
      const page = await get<Page<T>>(path, { ...question(), limit, cursor: from })
      if (turn !== asked) return
      items.value = from ? [...items.value, ...page.items] : page.items
      if (!from || page.total !== null) total.value = page.total ?? null
      cursor.value = page.next_cursor
    } catch (problem) {
      if (turn === asked) error.value = problem
    } finally {
      if (turn === asked) loading.value = false
    }
  }

  const reload = () => read(null)
  const more = () => (cursor.value && !loading.value ? read(cursor.value) : Promise.resolve())
  const first = computed(() => loading.value && items.value.length === 0)
  return { items, total, loading, first, error, cursor, reload, more }
}
