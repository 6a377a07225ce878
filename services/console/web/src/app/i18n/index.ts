/** zh-CN is complete first, en second; the type of en is the type of zh-CN, so a missing key fails the type check. */
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { zh } from './zh'

export type Locale = 'zh-CN' | 'en'
const STORED = 'park-console-locale'

function initial(): Locale {
  const kept = localStorage.getItem(STORED)
  return kept === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: initial(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
  missingWarn: false,
  fallbackWarn: false,
})

export function localeIsStored(): boolean {
  return localStorage.getItem(STORED) !== null
}

export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale
  localStorage.setItem(STORED, locale)
  document.documentElement.lang = locale
}

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}
