/** Evidence as forms hold it and as it is sent: uploaded files, references, and files still on their way. */
import { API_ROOT } from '@/api/client'
import type { Evidence } from '@/api/review-types'
import type { Faults } from './faults'

/** A row of the form; `key` is that of an upload that has not come through yet. */
export interface EvidenceRow extends Evidence { key?: string }

type Translate = (key: string) => string

export const emptyEvidence = (): EvidenceRow => ({ kind: 'document', reference: '' })

/** What is sent: rows that say nothing are left out, files go by their id. */
export const sentEvidence = (rows: readonly EvidenceRow[]) =>
  rows.filter((one) => one.file || one.reference.trim()).map((one) => ({ kind: one.kind, reference: one.reference.trim(), ...(one.note && { note: one.note }), ...(one.file && { file_id: one.file.file_id }) }))

/** Why the form cannot be sent yet. */
export function evidenceFaults(rows: readonly EvidenceRow[], t: Translate, required = false): Faults {
  if (rows.some((one) => one.key)) return { evidence: t('proof.pending') }
  return required && !sentEvidence(rows).length ? { evidence: t('field.required') } : {}
}

export const fileAddress = (id: string, part: 'content' | 'thumbnail' = 'content') => `${API_ROOT}/evidence-files/${id}/${part}`

/** One line for tables that are saved: kind, reference, hash. */
export const evidenceText = (rows: readonly Evidence[], t: Translate) =>
  rows.map((one) => [t(`judging.evidenceKind.${one.kind}`), one.reference, one.file && `SHA-256 ${one.file.sha256}`].filter(Boolean).join(' ')).join('; ')
