/** The rules of the command panel, without a page: classes of commands, what a form must hold, what is sent. */
import type { CommandKind, CommandParameter, CommandState } from '@/api/device-types'

/** The classes in which HJ 212 lists its requests, told by the number; interaction commands (9xxx) are never asked for by hand. */
export const COMMAND_CLASSES = ['initialise', 'parameter', 'data', 'control'] as const
export type CommandClass = (typeof COMMAND_CLASSES)[number]

export function classOf(command: string): CommandClass {
  if (command < '1001') return 'initialise'
  if (command < '2000') return 'parameter'
  return command < '3000' ? 'data' : 'control'
}

export function byClass(kinds: readonly CommandKind[]): { group: CommandClass; kinds: CommandKind[] }[] {
  return COMMAND_CLASSES.map((group) => ({ group, kinds: kinds.filter((kind) => classOf(kind.command) === group) })).filter((one) => one.kinds.length)
}

export const OPEN_STATES: readonly CommandState[] = ['awaiting-approval', 'queued', 'sent']
export const isOpen = (state: CommandState): boolean => OPEN_STATES.includes(state)

/** What is typed for one parameter; `code` fills the part in <> of a name such as <info>-Info. */
export interface Filled {
  code: string
  texts: string[]
}

export const holeOf = (name: string): string | null => /<(\w+)>/.exec(name)?.[1] ?? null

/** The factor or information code that another field of the same command already asks for. */
const SOURCE_OF_HOLE: Readonly<Record<string, readonly string[]>> = { factor: ['PolId', 'PolID'], info: ['InfoId'] }

/** Name of the field that gives the code of a hole; null: it has to be asked for beside the value. */
export function sourceOf(parameter: CommandParameter, kind: CommandKind): string | null {
  const hole = holeOf(parameter.name)
  const names = (hole && SOURCE_OF_HOLE[hole]) || []
  return kind.parameters.find((one) => names.includes(one.name))?.name ?? null
}

export type FieldFault = 'required' | 'number' | 'range' | 'pattern' | 'code'

/** Empty values are left out; repeats become a list. A time of the browser's input becomes YYYYMMDDhhmmss of park time. */
export function parametersOf(kind: CommandKind, filled: Readonly<Record<string, Filled>>): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {}
  for (const parameter of kind.parameters) {
    const texts = textsOf(parameter, filled)
    if (!texts.length) continue
    found[nameOf(parameter, kind, filled)] = parameter.repeats && texts.length > 1 ? texts : texts[0]!
  }
  return found
}

function nameOf(parameter: CommandParameter, kind: CommandKind, filled: Readonly<Record<string, Filled>>): string {
  const source = sourceOf(parameter, kind)
  const code = source ? (filled[source]?.texts[0] ?? '') : (filled[parameter.name]?.code ?? '')
  return parameter.name.replace(/<\w+>/, code.trim())
}

function textsOf(parameter: CommandParameter, filled: Readonly<Record<string, Filled>>): string[] {
  return (filled[parameter.name]?.texts ?? []).map((text) => wireText(parameter, text.trim())).filter(Boolean)
}

/** Digits of a date and time, as many as the field has on the wire. */
function wireText(parameter: CommandParameter, text: string): string {
  if (parameter.type !== 'time' && parameter.type !== 'date-hour') return text
  const digits = text.replace(/\D/g, '')
  if (!digits) return ''
  return parameter.type === 'date-hour' ? digits.slice(0, 10) : digits.padEnd(14, '0').slice(0, 14)
}

/** What is wrong with a form, by parameter name; empty when it can be sent. The gateway judges again. */
export function faultsOf(kind: CommandKind, filled: Readonly<Record<string, Filled>>): Record<string, FieldFault> {
  const faults: Record<string, FieldFault> = {}
  for (const parameter of kind.parameters) {
    const texts = textsOf(parameter, filled)
    const fault = texts.length ? texts.map((text) => faultOf(parameter, text)).find(Boolean) : parameter.required ? 'required' : undefined
    if (fault) faults[parameter.name] = fault
    else if (texts.length && holeOf(parameter.name) && nameOf(parameter, kind, filled).startsWith('-')) faults[parameter.name] = 'code'
  }
  return faults
}

function faultOf(parameter: CommandParameter, text: string): FieldFault | undefined {
  if (parameter.type === 'integer') {
    if (!/^-?\d+$/.test(text)) return 'number'
  }
  if (parameter.type === 'number' && !/^-?\d+(\.\d+)?$/.test(text)) return 'number'
  if (parameter.type === 'integer' || parameter.type === 'number') {
    const number = Number(text)
    if ((parameter.minimum ?? -Infinity) > number || (parameter.maximum ?? Infinity) < number) return 'range'
  }
  if (parameter.pattern && !matches(parameter.pattern, text)) return 'pattern'
  return undefined
}

/** Patterns come from the gateway in its own dialect; one that this browser cannot read is left to the gateway. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text)
  } catch {
    return true
  }
}

/** The items of a stored command as people read them. */
export function itemTexts(parameters: Record<string, unknown>[] | Record<string, unknown> | null | undefined): string[] {
  const groups = Array.isArray(parameters) ? parameters : parameters ? [parameters] : []
  return groups.flatMap((group) => Object.entries(group).map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : String(value)}`))
}
