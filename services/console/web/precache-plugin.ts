/** Writes dist/sw.js: a hand-written service worker that keeps only what the /m pages need (Workbox would keep 3 MB). */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin, Rolldown } from 'vite'

const ENTRIES = ['src/main.ts', 'src/app/i18n/en.ts', 'src/phone/PhoneShell.vue', 'src/phone/PhoneTasks.vue', 'src/phone/PhoneTask.vue', 'src/pages/sign-in/SignInPage.vue']

interface WithStyles { viteMetadata?: { importedCss: Set<string> } }

/** Every chunk and style sheet reachable by static imports from the phone's entries. */
function reachable(bundle: Rolldown.OutputBundle): string[] {
  const found = new Set<string>()
  const visit = (name: string): void => {
    const chunk = bundle[name]
    if (!chunk || chunk.type !== 'chunk' || found.has(name)) return
    found.add(name)
    for (const style of (chunk as unknown as WithStyles).viteMetadata?.importedCss ?? []) found.add(style)
    chunk.imports.forEach(visit)
  }
  for (const [name, chunk] of Object.entries(bundle)) {
    if (chunk.type !== 'chunk') continue
    const from = (chunk.facadeModuleId ?? '').replaceAll('\\', '/')
    if (chunk.isEntry || ENTRIES.some((entry) => from.endsWith(entry))) visit(name)
  }
  return [...found].sort()
}

export function phonePrecache(template: string): Plugin {
  return {
    name: 'phone-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = reachable(bundle).map((name) => `/${name}`)
      const list = ['/index.html', '/config.json', '/favicon.svg', ...files]
      const code = readFileSync(template, 'utf8')
      const version = createHash('sha256').update(JSON.stringify(list) + code).digest('hex').slice(0, 12)
      const source = code.replace("'__VERSION__'", JSON.stringify(version)).replace('[/* __FILES__ */]', JSON.stringify(list))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
