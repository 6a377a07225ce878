/** A kind of task as text: read back, formatted, and where in it a fault stands. */
import type { Kind, KindDetail } from '@/api/task-types'

/** The text to edit: what the platform adds by itself (version, history) stays out. */
export function textOf(kind: Kind | KindDetail): string {
  const { version: _version, versions: _versions, ...body } = kind as KindDetail
  return JSON.stringify(body, null, 2)
}

export const emptyKind = (): Kind => ({
  kind: '', name_zh: '', name_en: '', order_fields: [], fields: [], photos: {}, evidence: {}, steps: [], clocks: [{ until: 'report', amount: 3, unit: 'working-days' }], work_by: ['inspector'], verified_by: 'officer', documents: [], from_alarms: false, unannounced: false, retired: false, source: '', note: '',
})

export type ReadKind = { body: Record<string, unknown> } | { fault: string; line: number | null }

/** The object in a text, or why it is none and on which line (where the browser says so). */
export function readKind(text: string): ReadKind {
  try {
    const found: unknown = JSON.parse(text)
    if (found && typeof found === 'object' && !Array.isArray(found)) return { body: found as Record<string, unknown> }
    return { fault: '{ }', line: 1 }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const position = /position (\d+)/.exec(said)
    return { fault: said, line: position ? text.slice(0, Number(position[1])).split('\n').length : null }
  }
}

const linesOf = (value: unknown): number => JSON.stringify(value, null, 2).split('\n').length

/** The line (from 1) on which a place such as `fields.2.choices` stands in JSON.stringify(value, null, 2); the nearest one around it when it is not there. */
export function lineOf(value: unknown, place: string): number {
  let line = 1
  let at: unknown = value
  for (const part of place.split('.').filter(Boolean)) {
    if (!at || typeof at !== 'object') break
    const names = Object.keys(at)
    const index = names.indexOf(part)
    if (index === -1) break
    const bag = at as Record<string, unknown>
    line += 1 + names.slice(0, index).reduce((sum, name) => sum + linesOf(bag[name]), 0)
    at = bag[part]
  }
  return line
}

/** From where to where a line goes, to mark it in a text field. */
export function spanOf(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return [start, start + (lines[line - 1]?.length ?? 0)]
}
