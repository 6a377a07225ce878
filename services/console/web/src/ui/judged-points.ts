/** Outlets and stations to choose from, and what a chosen one measures. */
import { computed, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Medium, Point } from '@/api/types'
import { useArchivePoints } from './archive-points'

export const SOURCES: readonly Medium[] = ['waste-water', 'waste-gas', 'rain-water']

export function useJudgedPoints() {
  const archive = useArchivePoints()
  const ready = archive.load()
  const outlets = computed(() => archive.points.value.filter((one) => SOURCES.includes(one.medium)))
  const stations = computed(() => archive.points.value.filter((one) => !SOURCES.includes(one.medium)))
  return { ...archive, outlets, stations, ready }
}

/** The chosen point with its factors; null while it is not known. */
export function useChosenPoint() {
  const point = shallowRef<Point | null>(null)
  async function read(id: string): Promise<void> {
    point.value = null
    if (!id) return
    const found = await get<Point>(`/points/${id}`).catch(() => null)
    if (!point.value) point.value = found?.point_id === id ? found : null
  }
  return { point, read }
}
