/** The types of marks with their names; asked for once a page. */
import { computed, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { MarkType } from '@/api/judging-types'
import type { Page } from '@/api/types'
import { useWords } from '@/app/words'

export function useMarkTypes() {
  const { named } = useWords()
  const types = shallowRef<MarkType[]>([])
  const byKey = computed(() => new Map(types.value.map((one) => [one.key, one])))
  // Without the names the keys still say what is meant.
  get<Page<MarkType>>('/mark-types').then((page) => { types.value = page.items }, () => undefined)
  const nameOf = (key: string | undefined): string => (key ? (named(byKey.value.get(key)) || key) : '')
  return { types, byKey, nameOf }
}
