/** The four statutory warning levels and how each is drawn: colour + shape + word + Roman numeral, never colour alone. */
import type { AlarmLevel } from '@/api/types'

export interface LevelLook {
  readonly rank: number
  readonly roman: string
  readonly fill: string
  readonly edge: string
  readonly text: string
  readonly soft: string
  readonly softText: string
  /** SVG path on a 24 x 24 field. */
  readonly shape: string
}

export const LEVELS: Readonly<Record<AlarmLevel, LevelLook>> = {
  red: {
    rank: 4, roman: 'Ⅰ', fill: '#b30021', edge: '#b30021', text: '#ffffff', soft: '#fdecee', softText: '#a80d26',
    shape: 'M7.6 1.5h8.8l6.1 6.1v8.8l-6.1 6.1H7.6l-6.1-6.1V7.6z',
  },
  orange: {
    rank: 3, roman: 'Ⅱ', fill: '#dc6803', edge: '#dc6803', text: '#1a1200', soft: '#fff1e3', softText: '#9a4a00',
    shape: 'M12 .8 23.2 12 12 23.2.8 12z',
  },
  yellow: {
    rank: 2, roman: 'Ⅲ', fill: '#ffd200', edge: '#8a6d00', text: '#1a1200', soft: '#fff9d9', softText: '#705a00',
    shape: 'M12 1.6 23.4 22H.6z',
  },
  blue: {
    rank: 1, roman: 'Ⅳ', fill: '#1f6fd6', edge: '#1f6fd6', text: '#ffffff', soft: '#e8f1fd', softText: '#1558b0',
    shape: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z',
  },
}

/** Most severe first, the order of every legend and counter. */
export const LEVEL_ORDER: readonly AlarmLevel[] = ['red', 'orange', 'yellow', 'blue']

export function worstLevel(levels: Iterable<AlarmLevel>): AlarmLevel | null {
  let worst: AlarmLevel | null = null
  for (const level of levels) if (!worst || LEVELS[level].rank > LEVELS[worst].rank) worst = level
  return worst
}
