/** People who can be on duty or be given a task. Asked for once a session; a failure is asked again by the next page. */
import { shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Assignee } from '@/api/admin-types'
import type { Page } from '@/api/types'

const people = shallowRef<Assignee[]>([])
let asked: Promise<void> | null = null

export function usePeople() {
  asked ??= get<Page<Assignee>>('/users/assignees').then(
    (page) => { people.value = page.items },
    () => { asked = null },
  )
  const nameOf = (username: string): string => people.value.find((one) => one.username === username)?.display_name || username
  return { people, nameOf }
}
