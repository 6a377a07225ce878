/** Files on their way to the platform: each has its own state, and a failed one is sent again under the same key. */
import { ref } from 'vue'
import { intentionKey, Problem } from '@/api/client'
import { useWords } from '@/app/words'

export interface Upload { key: string; name: string; state: 'uploading' | 'failed'; why: string; file: File }

/** `send` delivers one file; `begun` hears of the files just chosen, before the first is sent. */
export function useUploads(send: (upload: Upload) => Promise<void>, begun: (uploads: readonly Upload[]) => void = () => undefined) {
  const { locale, problemText } = useWords()
  /** The title of a refusal says all: its one field is the file. */
  const whyNot = (error: unknown) => (error instanceof Problem && error.errors.length ? error.title(locale.value) : problemText(error))
  const waiting = ref<Upload[]>([])
  const drop = (key: string) => { waiting.value = waiting.value.filter((one) => one.key !== key) }
  const change = (key: string, state: Upload['state'], why = '') => { waiting.value = waiting.value.map((one) => (one.key === key ? { ...one, state, why } : one)) }

  async function again(upload: Upload): Promise<void> {
    change(upload.key, 'uploading')
    try {
      await send(upload)
      drop(upload.key)
    } catch (error) {
      change(upload.key, 'failed', whyNot(error))
    }
  }

  async function choose(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement
    const chosen = [...(input.files ?? [])].map((file): Upload => ({ key: intentionKey(), name: file.name, state: 'uploading', why: '', file }))
    input.value = ''
    waiting.value = [...waiting.value, ...chosen]
    begun(chosen)
    for (const one of chosen) await again(one)
  }
  return { waiting, again, choose, drop }
}

/** What the platform takes; it looks at the bytes itself. */
export const ACCEPTED = 'image/jpeg,image/png,image/webp,video/mp4,video/quicktime,video/webm,application/pdf,.docx,.xlsx'
