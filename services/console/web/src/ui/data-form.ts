/** Forms that are data: what is still wrong with the answers, what is sent, and how an answer is read. */
import type { FormField } from '@/api/task-types'
import { fromParkInput, parkDateTime, toParkInput } from '@/app/park-time'

/** As typed: texts for most, lists of choices, rows of answers. */
export type Answers = Record<string, unknown>
export type AnswerFault = 'required' | 'number' | 'least' | 'most'

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value)
const rowsOf = (value: unknown): Answers[] => (Array.isArray(value) ? (value as Answers[]) : [])

/** Where answers cannot be sent, by place, e.g. `problem_list.0.found`. The platform judges again. */
export function answerFaults(fields: readonly FormField[], answers: Answers, at = ''): Record<string, AnswerFault> {
  const faults: Record<string, AnswerFault> = {}
  for (const field of fields) {
    const place = `${at}${field.name}`
    const value = trimmed(answers[field.name])
    if (isEmpty(value)) {
      if (field.required) faults[place] = 'required'
    } else if (field.type === 'rows') rowsOf(value).forEach((row, number) => Object.assign(faults, answerFaults(field.columns ?? [], row, `${place}.${number}.`)))
    else if (field.type === 'number') {
      const fault = numberFault(field, Number(value))
      if (fault) faults[place] = fault
    }
  }
  return faults
}

function numberFault(field: FormField, number: number): AnswerFault | undefined {
  if (!Number.isFinite(number)) return 'number'
  if (field.least !== null && field.least !== undefined && number < field.least) return 'least'
  if (field.most !== null && field.most !== undefined && number > field.most) return 'most'
  return undefined
}

/** What is sent: empty answers left out, numbers as numbers, times with the park's offset. */
export function sentAnswers(fields: readonly FormField[], answers: Answers): Answers {
  const found: Answers = {}
  for (const field of fields) {
    const value = trimmed(answers[field.name])
    if (!isEmpty(value)) found[field.name] = sent(field, value)
  }
  return found
}

function sent(field: FormField, value: unknown): unknown {
  if (field.type === 'number') return Number(value)
  if (field.type === 'yes-no') return value === true || value === 'true'
  if (field.type === 'instant') return fromParkInput(String(value)) ?? value
  if (field.type === 'rows') return rowsOf(value).map((row) => sentAnswers(field.columns ?? [], row))
  return value
}

/** Stored answers as a form holds them, so that they can be changed. */
export function typedAnswers(fields: readonly FormField[], stored: Answers): Answers {
  const found: Answers = {}
  for (const field of fields) {
    const value = stored[field.name]
    if (isEmpty(value)) continue
    if (field.type === 'instant') found[field.name] = toParkInput(String(value))
    else if (field.type === 'rows') found[field.name] = rowsOf(value).map((row) => typedAnswers(field.columns ?? [], row))
    else if (field.type === 'number' || field.type === 'yes-no') found[field.name] = String(value)
    else found[field.name] = value
  }
  return found
}

export interface ReadingWords { zh: boolean; yes: string; no: string; choice: (value: string) => string }

/** An answer as a person reads it; rows are for a table of their own. */
export function answerText(field: FormField, value: unknown, words: ReadingWords): string {
  if (isEmpty(value)) return '—'
  if (field.type === 'yes-no') return value === true ? words.yes : words.no
  if (field.type === 'instant') return parkDateTime(String(value))
  if (field.type === 'choice' || field.type === 'choices') return (Array.isArray(value) ? value : [value]).map((one) => choiceName(field, String(one), words)).join('、')
  return `${String(value)}${field.unit ? ` ${field.unit}` : ''}`
}

export function choiceName(field: FormField, value: string, words: ReadingWords): string {
  const name = field.choice_names?.[value]
  return (name && (words.zh ? name.zh : name.en)) || words.choice(value)
}
