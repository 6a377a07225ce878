/** Words that depend on the language: names of records, codes of closed lists, ages, problems. */
import { useI18n } from 'vue-i18n'
import { Problem } from '@/api/client'
import type { Limit } from '@/api/types'
import { displayName } from './people'
import { spell, toMs, type Instant } from './park-time'

export function useWords() {
  const { t, te, locale } = useI18n()
  const isZh = () => locale.value.startsWith('zh')

  /** `name_zh` or `name_en` of a record (or another pair by its stem), the other one when it is empty. */
  function named(record: object | null | undefined, stem = 'name'): string {
    if (!record) return ''
    const bag = record as Record<string, unknown>
    const zh = bag[`${stem}_zh`]
    const en = bag[`${stem}_en`]
    const [first, second] = isZh() ? [zh, en] : [en, zh]
    return String(first || second || '')
  }

  /** The word for a code of a closed list; the code itself when the list does not know it. */
  function code(list: string, value: string | null | undefined): string {
    if (!value) return '—'
    const key = `${list}.${value}`
    return te(key) ? t(key) : value
  }

  const units = (): [string, string, string, string] => [t('unit.day'), t('unit.hour'), t('unit.minute'), t('unit.second')]

  function lasted(from: Instant, to: Instant): string {
    const span = toMs(to) - toMs(from)
    return Number.isNaN(span) ? '—' : spell(span, units())
  }

  function ago(instant: Instant, now: number): string {
    const ms = toMs(instant)
    return Number.isNaN(ms) ? '—' : t('unit.ago', { span: spell(now - ms, units()) })
  }

  function problemText(error: unknown): string {
    if (error instanceof Problem) {
      const title = error.title(locale.value)
      const wheres = error.errors.map((one) => [one.where.replace(/^(body|query|path)\.?/, ''), (isZh() && one.what_zh) || one.what].filter(Boolean).join(': '))
      return [title, ...wheres].filter(Boolean).join('; ')
    }
    return error instanceof Error ? error.message : String(error)
  }

  /** Who did it: a part of the platform by its word, a person by the display name. */
  function person(who: string | null | undefined): string {
    if (!who) return ''
    return te(`actor.${who}`) ? t(`actor.${who}`) : displayName(who)
  }

  /** Who has a task: the person, else the role it waits for. */
  function ownerOf(task: { assignee?: string | null; assignee_name?: string; assignee_role?: string | null }): string {
    return task.assignee_name || task.assignee || (task.assignee_role ? code('role', task.assignee_role) : t('tasks.unassigned'))
  }

  function limitText(limit: Pick<Limit, 'upper' | 'lower'> | null | undefined): string {
    if (!limit) return '—'
    if (limit.upper && limit.lower) return `${limit.lower}–${limit.upper}`
    if (limit.upper) return `≤ ${limit.upper}`
    return limit.lower ? `≥ ${limit.lower}` : '—'
  }

  return { t, te, locale, isZh, named, code, lasted, ago, problemText, limitText, person, ownerOf }
}
