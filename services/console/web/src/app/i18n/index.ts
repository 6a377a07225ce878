/**
 * zh-CN is complete first, en second; the type of en is the type of zh-CN, so a missing key fails the type check.
 * English is fetched when it is wanted: most people read Chinese, and the phone's first load is small.
 */
import { createI18n } from 'vue-i18n'
import { zh } from './zh'

export type Locale = 'zh-CN' | 'en'
const STORED = 'park-console-locale'

function initial(): Locale {
  const kept = localStorage.getItem(STORED)
  return kept === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Locale,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<Locale, typeof zh>,
  missingWarn: false,
  fallbackWarn: false,
})

export function localeIsStored(): boolean {
  return localStorage.getItem(STORED) !== null
}

async function withMessages(locale: Locale): Promise<void> {
  if (locale === 'en' && !i18n.global.availableLocales.includes('en')) i18n.global.setLocaleMessage('en', (await import('./en')).en)
}

/** Shows a language once its words are here; without a network the page stays as it is. */
async function show(locale: Locale): Promise<void> {
  await withMessages(locale).catch(() => undefined)
  i18n.global.locale.value = i18n.global.availableLocales.includes(locale) ? locale : 'zh-CN'
  document.documentElement.lang = i18n.global.locale.value
}

/** The language somebody chose; it is kept. */
export async function setLocale(locale: Locale): Promise<void> {
  localStorage.setItem(STORED, locale)
  await show(locale)
}

/** At the start: the language chosen before, else the park's. */
export const startLocale = (parks: string): Promise<void> => show(localeIsStored() ? initial() : parks === 'en' ? 'en' : 'zh-CN')

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}
