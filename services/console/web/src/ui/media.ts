/** What a point monitors: one glyph a medium, drawn with strokes on a 24 x 24 field. */
import type { Medium } from '@/api/types'

/** The media of registered points; the others come from manual campaigns only. */
export const MEDIA: readonly Medium[] = ['waste-water', 'waste-gas', 'rain-water', 'ambient-air', 'surface-water', 'noise']

export const MEDIUM_GLYPH: Readonly<Record<Medium, string>> = {
  'waste-water': 'M12 4c3.2 3.8 5 6.4 5 9a5 5 0 0 1-10 0c0-2.600 1.800-5.200 5-9z',
  'waste-gas': 'M8 20V10h5v10M6 20h12M10 7c0-2 2-1.600 2-3.500M14 8c0-2.200 3-2 3-4.500',
  'rain-water': 'M7 12a3.600 3.600 0 0 1 .4-7.200 4.600 4.600 0 0 1 8.800 1.200A3 3 0 0 1 16 12zM8 15l-1 4M12 15l-1 4M16 15l-1 4',
  'ambient-air': 'M4 9h10a2.500 2.500 0 1 0-2.500-2.500M4 13h13a2.500 2.500 0 1 1-2.500 2.500M4 17h6',
  'surface-water': 'M4 9c2.700-2 5.300-2 8 0s5.300 2 8 0M4 14c2.700-2 5.300-2 8 0s5.300 2 8 0M4 19c2.700-2 5.300-2 8 0s5.300 2 8 0',
  'groundwater': 'M4 7h16M12 7v5M12 12c1.800 2.100 2.800 3.500 2.800 5a2.800 2.800 0 0 1-5.600 0c0-1.500 1-2.900 2.800-5z',
  'soil': 'M4 8h16M6 12h3M12 12h6M4 16h5M13 16h4M7 20h8',
  'noise': 'M4 10v4h4l5 4V6l-5 4zM16 9a4.500 4.500 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11',
  'odour': 'M7 20c-3-3 3-5 0-8s3-5 0-8M13 20c-3-3 3-5 0-8s3-5 0-8M19 20c-3-3 3-5 0-8s3-5 0-8',
}
