/** What the console service says about this park before anybody signed in. */
import { reactive } from 'vue'

export interface ConsoleConfig {
  park_name_zh: string
  park_name_en: string
  default_locale: string
  version: string
}

export const config = reactive<ConsoleConfig>({
  park_name_zh: '', park_name_en: '', default_locale: 'zh-CN', version: '',
})

export async function loadConfig(): Promise<void> {
  try {
    const answer = await fetch('/config.json')
    if (answer.ok) Object.assign(config, (await answer.json()) as Partial<ConsoleConfig>)
  } catch {
    // Offline start on a phone: the defaults serve.
  }
}
