/** Ordering of rows by one column: numbers by value, text by pinyin, what is missing last in both directions. */
import type { GridSort } from './LiveGrid.vue'

export type SortValue = string | number | null | undefined

const collator = new Intl.Collator('zh-CN', { numeric: true })

export function sorted<T>(rows: readonly T[], sort: GridSort | null, valueOf: (row: T, key: string) => SortValue): T[] {
  if (!sort) return [...rows]
  const direction = sort.down ? -1 : 1
  return [...rows].sort((a, b) => {
    const [left, right] = [valueOf(a, sort.key), valueOf(b, sort.key)]
    const [noLeft, noRight] = [isMissing(left), isMissing(right)]
    if (noLeft || noRight) return Number(noLeft) - Number(noRight)
    if (typeof left === 'number' && typeof right === 'number') return direction * (left - right)
    return direction * collator.compare(String(left), String(right))
  })
}

const isMissing = (value: SortValue): boolean => value === null || value === undefined || value === '' || Number.isNaN(value)

/** The next order when a head is pressed: up, down, none. */
export function nextSort(sort: GridSort | null, key: string): GridSort | null {
  if (sort?.key !== key) return { key, down: false }
  return sort.down ? null : { key, down: true }
}

/** `-frames`, `mn`: how an order stands in the URL. */
export const sortText = (sort: GridSort | null): string | undefined => (sort ? `${sort.down ? '-' : ''}${sort.key}` : undefined)
export const sortOf = (text: unknown): GridSort | null =>
  typeof text === 'string' && text ? { key: text.replace(/^-/, ''), down: text.startsWith('-') } : null
