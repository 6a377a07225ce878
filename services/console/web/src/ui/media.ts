/** What a point monitors: one glyph a medium, drawn with strokes on a 24 x 24 field. */
import type { Medium } from '@/api/types'

export const MEDIA: readonly Medium[] = ['waste-water', 'waste-gas', 'rain-water', 'ambient-air', 'surface-water']

export const MEDIUM_GLYPH: Readonly<Record<Medium, string>> = {
  'waste-water': 'M12 4c3.2 3.8 5 6.4 5 9a5 5 0 0 1-10 0c0-2.600 1.800-5.200 5-9z',
  'waste-gas': 'M8 20V10h5v10M6 20h12M10 7c0-2 2-1.600 2-3.500M14 8c0-2.200 3-2 3-4.500',
  'rain-water': 'M7 12a3.600 3.600 0 0 1 .4-7.200 4.600 4.600 0 0 1 8.800 1.200A3 3 0 0 1 16 12zM8 15l-1 4M12 15l-1 4M16 15l-1 4',
  'ambient-air': 'M4 9h10a2.500 2.500 0 1 0-2.500-2.500M4 13h13a2.500 2.500 0 1 1-2.500 2.500M4 17h6',
  'surface-water': 'M4 9c2.700-2 5.300-2 8 0s5.300 2 8 0M4 14c2.700-2 5.300-2 8 0s5.300 2 8 0M4 19c2.700-2 5.300-2 8 0s5.300 2 8 0',
}
