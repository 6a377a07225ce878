/** Imports, people, the audit log, webhooks and exchange clients. Instants are ISO-8601 texts with offset. */
import type { AlarmLevel } from './types'

export interface ImportError {
  column: string
  value: unknown
  what_zh: string
  what_en: string
}

export interface ImportRow {
  row: number
  status: 'created' | 'updated' | 'unchanged' | 'rejected'
  key: string
  errors: ImportError[]
}

export interface ImportReport {
  import_id: string
  kind: string
  dry_run: boolean
  total: number
  accepted: number
  rejected: number
  rows: ImportRow[]
  imported_at?: string
  imported_by?: string
  filename?: string
}

export interface Assignee {
  user_id?: string
  username: string
  display_name: string
  role?: string
}

export interface Notification {
  notification_id: string
  alarm_id: string
  level: AlarmLevel
  title_zh: string
  title_en: string
  sent_at: string
}

export interface AuditEntry {
  id?: string | number
  sequence?: number
  at: string
  actor: string
  action: string
  subject?: string
  origin?: string
  status?: number
  result?: string
  [field: string]: unknown
}

export interface Webhook {
  webhook_id: string
  url: string
  description: string
  min_level: AlarmLevel
  active: boolean
  secret?: string
}

export interface ExchangeClient {
  client_id: string
  name: string
  active?: boolean
  created_at?: string
  last_used_at?: string | null
  key_hint?: string
  resources?: string[]
  requests_per_minute?: number
  [field: string]: unknown
}
