/** Where a service takes sheets: its addresses, the page its imports are on, the columns of its sheets. */
import type { SheetColumn } from '@/api/survey-types'

export interface SheetRoom {
  /** Before /imports and /set-aside. */
  readonly root: string
  /** The page with the tab of rows set aside. */
  readonly page: string
  readonly columns: (sheet: string) => readonly SheetColumn[]
  readonly columnWord: (sheet: string, name: string) => string
}
