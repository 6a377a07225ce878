/** The types of marks with their names. Asked for once a session; a failure is asked again by the next page. */
import { computed, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { MarkType } from '@/api/mark-types'
import type { Page } from '@/api/types'
import { useWords } from '@/app/words'

const types = shallowRef<MarkType[]>([])
const byKey = computed(() => new Map(types.value.map((one) => [one.key, one])))
let asked: Promise<void> | null = null

export function useMarkTypes() {
  const { named } = useWords()
  // Without the names the keys still say what is meant.
  asked ??= get<Page<MarkType>>('/mark-types').then((page) => { types.value = page.items }, () => { asked = null })
  const nameOf = (key: string | undefined): string => (key ? (named(byKey.value.get(key)) || key) : '')
  return { types, byKey, nameOf }
}
