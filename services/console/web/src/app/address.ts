/** Filters that stand in the address: each a text, empty when absent; an empty one is taken out of it. */
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

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
