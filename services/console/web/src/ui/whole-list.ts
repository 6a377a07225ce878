/**
 * A list read to its end, page by page, for pages that sort and filter all of it themselves (some thousand rows), and read
 * again from time to time without taking away what is shown.
 */
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { get, type Query } from '@/api/client'
import type { Page } from '@/api/types'

const A_PAGE = 500
const MOST_PAGES = 40

export function useWholeList<T, P extends Page<T> = Page<T>>(path: string, question: () => Query = () => ({})) {
  const items = shallowRef<T[]>([])
  const head = shallowRef<P | null>(null)
  const error = ref<unknown>(null)
  const loading = ref(true)
  let turn = 0
  let timer = 0

  /** Reads everything; an answer that is no longer wanted is dropped. A failure keeps what is shown when `quiet`. */
  async function reload(quiet = false): Promise<void> {
    const mine = ++turn
    if (!quiet) loading.value = true
    try {
      const found: T[] = []
      let cursor: string | null = null
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer: P = await get<P>(path, { ...question(), limit: A_PAGE, cursor })
        if (mine !== turn) return
        if (page === 0) head.value = answer
        found.push(...answer.items)
        cursor = answer.next_cursor
        if (!cursor) break
      }
      items.value = found
      error.value = null
    } catch (problem) {
      if (mine === turn && (!quiet || !items.value.length)) error.value = problem
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  /** Reads again each so many seconds while the page is seen; stops with the page. */
  function every(seconds: number): void {
    timer = window.setInterval(() => { if (!document.hidden && !loading.value) void reload(true) }, seconds * 1000)
  }
  onBeforeUnmount(() => {
    turn += 1
    window.clearInterval(timer)
  })
  return { items, head, error, loading, reload, every }
}
