/** Names of points for lists that know only their ids. Asked once a page; a role that may not read the archive sees ids. */
import { shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Page, Point } from '@/api/types'

export function useArchivePoints() {
  const points = shallowRef<Point[]>([])
  const byId = shallowRef(new Map<string, Point>())
  async function load(): Promise<void> {
    try {
      const found: Point[] = []
      let cursor: string | null = null
      do {
        const page: Page<Point> = await get<Page<Point>>('/points', { limit: 500, cursor })
        found.push(...page.items)
        cursor = page.next_cursor
      } while (cursor)
      points.value = found
      byId.value = new Map(found.map((point) => [point.point_id, point]))
    } catch {
      // Without names the lists still work; the ids stay.
      byId.value = new Map()
    }
  }
  return { points, byId, load }
}
