/** What forms of manual monitoring may hold, asked of the platform once a visit. */
import { shallowRef } from 'vue'
import { get } from '@/api/client'
import type { OutletFactor, SelfMonChoices } from '@/api/selfmon-types'
import type { Page } from '@/api/types'
import { useWords } from '@/app/words'
import type { SheetRoom } from '@/ui/sheets/sheet-room'

const choices = shallowRef<SelfMonChoices | null>(null)
let asked: Promise<void> | null = null

function load(): Promise<void> {
  asked ??= get<SelfMonChoices>('/self-monitoring/choices').then((found) => { choices.value = found }, () => { asked = null })
  return asked
}

export function useSelfMon() {
  void load()
  const { named } = useWords()
  const frequencies = () => choices.value?.frequencies ?? []
  const columns = () => choices.value?.sheets.results ?? []
  const columnWord = (name: string): string => named(columns().find((one) => one.name === name)) || name
  const room: SheetRoom = { root: '/self-monitoring', page: '/self-monitoring', columns, columnWord: (_sheet, name) => columnWord(name) }
  return { frequencies, columns, columnWord, room }
}

/** What can be measured by hand at an outlet, those with limits first. */
export const factorsOf = async (pointId: string): Promise<OutletFactor[]> => (pointId ? (await get<Page<OutletFactor>>(`/self-monitoring/points/${pointId}/factors`)).items : [])
