/** What each kind of notification channel asks for. Secrets are written, never read: an empty field keeps what is stored. */
import type { Channel, ChannelKind, QuietHours } from '@/api/alerting-types'
import type { AlarmLevel } from '@/api/types'

export interface ConfigField {
  readonly name: string
  readonly type: 'text' | 'number' | 'long' | 'choice' | 'headers' | 'enterprise'
  readonly required?: boolean
  readonly choices?: readonly string[]
  readonly initial?: string
}
export interface SecretField { readonly name: string; readonly required?: boolean }

const ROBOT: readonly ConfigField[] = [{ name: 'enterprise_id', type: 'enterprise' }]
const SIGNED: readonly SecretField[] = [{ name: 'url', required: true }, { name: 'sign_secret' }]

export const CONFIG_FIELDS: Readonly<Record<ChannelKind, readonly ConfigField[]>> = {
  email: [
    { name: 'host', type: 'text', required: true }, { name: 'port', type: 'number', initial: '25' },
    { name: 'security', type: 'choice', choices: ['none', 'starttls', 'tls'], initial: 'starttls' },
    { name: 'sender', type: 'text', required: true }, { name: 'username', type: 'text' },
  ],
  sms: [
    { name: 'url', type: 'text', required: true }, { name: 'method', type: 'choice', choices: ['POST', 'PUT'], initial: 'POST' },
    { name: 'content_type', type: 'choice', choices: ['application/json', 'application/x-www-form-urlencoded'], initial: 'application/json' },
    { name: 'body', type: 'long', required: true, initial: '{"phone": "$phone", "content": "$text"}' }, { name: 'headers', type: 'headers' },
    { name: 'success_field', type: 'text' }, { name: 'success_value', type: 'text' }, { name: 'receipt_field', type: 'text' },
  ],
  wecom: ROBOT,
  dingtalk: ROBOT,
  feishu: ROBOT,
}
export const SECRET_FIELDS: Readonly<Record<ChannelKind, readonly SecretField[]>> = {
  email: [{ name: 'password' }], sms: [{ name: 'secret' }], wecom: [{ name: 'url', required: true }], dingtalk: SIGNED, feishu: SIGNED,
}
export const CHANNEL_KINDS = Object.keys(CONFIG_FIELDS) as ChannelKind[]
/** Which kinds reach a person by an address; a test of the others needs none. */
export const NEEDS_ADDRESS: readonly ChannelKind[] = ['email', 'sms']

export interface ChannelDraft {
  kind: ChannelKind
  name: string
  texts: Record<string, string>
  secrets: Record<string, string>
  min_level: AlarmLevel
  language: 'zh' | 'en'
  quiet: QuietHours[]
  active: boolean
}

export function draftOf(channel: Channel | null, kind: ChannelKind = 'email'): ChannelDraft {
  const of = channel?.kind ?? kind
  const texts = Object.fromEntries(CONFIG_FIELDS[of].map((field) => [field.name, channel ? shown(channel.config[field.name]) : (field.initial ?? '')]))
  return {
    kind: of, name: channel?.name ?? '', texts, secrets: {}, min_level: channel?.min_level ?? 'yellow', language: channel?.language ?? 'zh',
    quiet: channel ? channel.quiet.map((one) => ({ ...one })) : [], active: channel?.active ?? true,
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return Object.entries(value).map(([name, text]) => `${name}: ${String(text)}`).join('\n')
  return String(value)
}

/** `Name: value` a line; lines without a colon are kept as a name, so that the platform says what is wrong with them. */
export function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean)
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf(':')
    return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
  }))
}

/** The body to send: empty settings left to their default, secrets only when something was typed. */
export function bodyOf(draft: ChannelDraft): Record<string, unknown> {
  const config: Record<string, unknown> = {}
  for (const field of CONFIG_FIELDS[draft.kind]) {
    const text = (draft.texts[field.name] ?? '').trim()
    if (!text) continue
    config[field.name] = field.type === 'number' ? Number(text) : field.type === 'headers' ? headersOf(text) : text
  }
  const secret = Object.fromEntries(Object.entries(draft.secrets).filter(([, text]) => text.trim()).map(([name, text]) => [name, text.trim()]))
  return {
    kind: draft.kind, name: draft.name.trim(), config, min_level: draft.min_level, language: draft.language, quiet: draft.quiet, active: draft.active,
    ...(Object.keys(secret).length ? { secret } : {}),
  }
}

/** Names of required fields that are still empty, as places of the form; a known channel keeps its secret. */
export function missingOf(draft: ChannelDraft, isNew: boolean): string[] {
  const empty = CONFIG_FIELDS[draft.kind].filter((field) => field.required && !draft.texts[field.name]?.trim()).map((field) => `config.${field.name}`)
  if (!draft.name.trim()) empty.unshift('name')
  if (isNew) empty.push(...SECRET_FIELDS[draft.kind].filter((field) => field.required && !draft.secrets[field.name]?.trim()).map((field) => `secret.${field.name}`))
  return empty
}
