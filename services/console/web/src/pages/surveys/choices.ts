/** What forms may hold, asked of the platform once a visit; the pages hold no list of their own. */
import { ref, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Medium, Page } from '@/api/types'
import type { Choice, SheetName, SurveyChoices, SurveyItem, SurveySite } from '@/api/survey-types'
import { useWords } from '@/app/words'
import type { SheetRoom } from '@/ui/sheets/sheet-room'

const choices = shallowRef<SurveyChoices | null>(null)
const failed = ref<unknown>(null)
let asked: Promise<void> | null = null

function load(): Promise<void> {
  asked ??= get<SurveyChoices>('/surveys/choices').then((found) => { choices.value = found; failed.value = null }, (problem: unknown) => {
    asked = null
    failed.value = problem
  })
  return asked
}

export function useChoices() {
  void load()
  const { named, code } = useWords()
  type List = 'investigations' | 'positions' | 'noise_standards' | 'water_bodies' | 'averagings'
  const listed = (name: List): readonly Choice[] => choices.value?.[name] ?? []
  const wordOf = (name: List, key: string): string => named(listed(name).find((one) => one.key === key)) || key
  const kindOf = (kind: string) => choices.value?.kinds.find((one) => one.key === kind)
  const categories = (kind: string): readonly Choice[] => kindOf(kind)?.categories ?? []
  const categoryWord = (kind: string, key: string): string => (key ? named(categories(kind).find((one) => one.key === key)) || key : '—')
  const kindWord = (kind: string): string => code('medium', kind)
  const columns = (sheet: SheetName) => choices.value?.sheets[sheet] ?? []
  const columnWord = (sheet: SheetName, name: string): string => named(columns(sheet).find((one) => one.name === name)) || name
  const room: SheetRoom = { root: '/surveys', page: '/surveys', columns: (sheet) => columns(sheet as SheetName), columnWord: (sheet, name) => columnWord(sheet as SheetName, name) }
  return { choices, failed, load, listed, wordOf, kindOf, categories, categoryWord, kindWord, columns, columnWord, room }
}

/** Sites of a kind for choosing from, at most 500, by code. */
export const sitesOf = async (kind: Medium | ''): Promise<SurveySite[]> => (await get<Page<SurveySite>>('/surveys/sites', { kind, limit: 500 })).items
export const itemsOf = async (kind: Medium): Promise<SurveyItem[]> => (await get<{ items: SurveyItem[] }>(`/surveys/items/${kind}`)).items
