/** Filters that stand in the address: each a text, empty when absent; an empty one is taken out of it. */
import { computed, onBeforeUnmount, type WritableComputedRef } from 'vue'
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router'

export function useAddress() {
  const route = useRoute()
  const router = useRouter()
  const set = (change: Record<string, string | undefined>) => router.replace({ query: { ...route.query, ...change } })
  /** One filter as a model: `<select v-model>` writes it into the address. */
  function field(name: string, usual = ''): WritableComputedRef<string> {
    return computed({
      get: () => (typeof route.query[name] === 'string' ? String(route.query[name]) : usual),
      set: (text) => void set({ [name]: text && text !== usual ? text : text === usual ? undefined : text || undefined }),
    })
  }
  return { route, router, set, field }
}

/**
 * What is typed is put into the address once the hand rests. Whoever leaves the page before that leaves it: a late word would
 * replace the address and so cancel the way out.
 */
export function useTyped(put: (words: string) => unknown, restMs = 350): (words: string) => void {
  let timer = 0
  const forget = (): void => window.clearTimeout(timer)
  onBeforeRouteLeave(forget)
  onBeforeUnmount(forget)
  return (words) => {
    forget()
    timer = window.setTimeout(() => put(words), restMs)
  }
}
