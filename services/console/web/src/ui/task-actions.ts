/** What each task action asks for. The server says which actions are possible now; this table says what to fill in. */
export interface ActionField {
  readonly name: string
  readonly kind: 'text' | 'long' | 'assignee' | 'people' | 'time' | 'outcome' | 'place'
  readonly required?: boolean
}

export interface ActionForm {
  readonly fields: readonly ActionField[]
  readonly tone: 'primary' | 'plain' | 'danger'
}

const NOTE: ActionField = { name: 'note', kind: 'long' }
const REASON: ActionField = { name: 'reason', kind: 'long', required: true }

export const ACTION_FORMS: Readonly<Record<string, ActionForm>> = {
  dispatch: { tone: 'primary', fields: [{ name: 'assignee', kind: 'assignee', required: true }, { name: 'co_workers', kind: 'people' }, { name: 'due_at', kind: 'time' }, NOTE] },
  sign: { tone: 'primary', fields: [] },
  arrive: { tone: 'primary', fields: [{ name: 'place', kind: 'place' }] },
  handle: { tone: 'primary', fields: [{ name: 'measures', kind: 'long', required: true }] },
  contribute: { tone: 'plain', fields: [{ name: 'text', kind: 'long', required: true }] },
  report: {
    tone: 'primary',
    fields: [
      { name: 'findings_text', kind: 'long', required: true }, { name: 'measures', kind: 'long' },
      { name: 'outcome', kind: 'outcome', required: true }, { name: 'measured_value', kind: 'text' },
    ],
  },
  verify: { tone: 'primary', fields: [NOTE] },
  close: { tone: 'primary', fields: [NOTE] },
  return: { tone: 'plain', fields: [REASON] },
  refuse: { tone: 'plain', fields: [REASON] },
  transfer: { tone: 'plain', fields: [{ name: 'assignee', kind: 'assignee', required: true }, REASON] },
  join: { tone: 'plain', fields: [{ name: 'co_workers', kind: 'people' }] },
  'request-extension': { tone: 'plain', fields: [{ name: 'due_at', kind: 'time', required: true }, REASON] },
  'approve-extension': { tone: 'primary', fields: [NOTE] },
  'reject-extension': { tone: 'plain', fields: [REASON] },
  extend: { tone: 'plain', fields: [{ name: 'due_at', kind: 'time', required: true }, REASON] },
  urge: { tone: 'plain', fields: [NOTE] },
  cancel: { tone: 'plain', fields: [REASON] },
}

export const OUTCOMES = ['confirmed', 'false-alarm', 'equipment-fault', 'other'] as const

/** Names of required fields that are still empty. */
export function missingFields(action: string, values: Readonly<Record<string, string>>): string[] {
  return (ACTION_FORMS[action]?.fields ?? []).filter((field) => field.required && !values[field.name]?.trim()).map((field) => field.name)
}
