/** The only place that calls fetch. Every refusal becomes a Problem whose title is shown in the user's language. */

export const API_ROOT = '/api/v1'

export interface FieldProblem {
  where: string
  what: string
  what_zh?: string
}

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly titleZh: string
  readonly titleEn: string
  readonly detail: string
  readonly errors: readonly FieldProblem[]
  readonly traceId: string

  constructor(status: number, body: Partial<Record<string, unknown>>) {
    const text = (key: string, otherwise = '') => (typeof body[key] === 'string' ? (body[key] as string) : otherwise)
    super(text('title_en') || text('title') || `HTTP ${status}`)
    this.status = status
    this.code = text('code', status === 0 ? 'network' : `http-${status}`)
    this.titleZh = text('title')
    this.titleEn = text('title_en')
    this.detail = text('detail')
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : []
    this.traceId = text('trace_id')
  }

  title(locale: string): string {
    const own = locale.startsWith('zh') ? this.titleZh : this.titleEn
    return own || this.titleZh || this.titleEn || this.message
  }
}

export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>

/** `?a=1&b=x&b=y`; empty, null and undefined are left out. */
export function queryText(query: Query = {}): string {
  const pairs = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    if (Array.isArray(value)) for (const one of value as readonly string[]) pairs.append(key, one)
    else pairs.append(key, String(value))
  }
  const text = pairs.toString()
  return text ? `?${text}` : ''
}

export interface Options {
  query?: Query
  body?: unknown
  form?: FormData
  signal?: AbortSignal
  idempotencyKey?: string
}

let refreshing: Promise<boolean> | null = null

/** A new access token from the session's cookie; one request however many callers ask at once. False: sign in again. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= fetch(`${API_ROOT}/auth/refresh`, {
    method: 'POST', credentials: 'same-origin', headers: { 'X-Requested-With': 'park-console', Accept: 'application/json' },
  })
    .then((response) => response.ok, () => false)
    .finally(() => {
      refreshing = null
    })
  return refreshing
}

let onSignedOut: () => void = () => undefined

/** Called when a request is refused because the session ended. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

const AWAY = { title: '平台暂时无法响应，请稍后重试', title_en: 'The platform does not answer at the moment; try again shortly' }

export async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json()
    if (body && typeof body === 'object') return new Problem(response.status, body as Record<string, unknown>)
  } catch {
    // A proxy's HTML page or nothing at all: the status is what we know.
  }
  if (response.status >= 502 && response.status <= 504) return new Problem(response.status, AWAY)
  return new Problem(response.status, {})
}

/** Calls the API; an expired access token is renewed once on the way. Rejects with Problem. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  try {
    return await attempt<T>(method, path, options)
  } catch (error) {
    const expired = error instanceof Problem && error.status === 401 && !path.startsWith('/auth/sign')
    if (!expired) throw error
    if (await refreshSession()) return attempt<T>(method, path, options)
    if (!path.startsWith('/auth/')) onSignedOut()
    throw error
  }
}

async function attempt<T>(method: string, path: string, options: Options): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Requested-With'] = 'park-console'
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
  let body: BodyInit | undefined = options.form
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(options.body)
  }
  let response: Response
  try {
    response = await fetch(`${API_ROOT}${path}${queryText(options.query)}`, {
      method, headers, body, signal: options.signal, credentials: 'same-origin',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, { title: '网络不通，请检查连接后重试', title_en: 'The network is not reachable; check it and try again' })
  }
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal })
export const post = <T>(path: string, body: unknown = {}, idempotencyKey?: string) =>
  call<T>('POST', path, { body, idempotencyKey })
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, { body })
export const remove = <T>(path: string) => call<T>('DELETE', path)

/** A file of the API; a refusal is a Problem as anywhere else. */
export async function fileOf(path: string): Promise<Blob> {
  const ask = () => fetch(`${API_ROOT}${path}`, { credentials: 'same-origin' })
  let response = await ask()
  if (response.status === 401 && (await refreshSession())) response = await ask()
  if (!response.ok) throw await problemOf(response)
  return response.blob()
}

/** A key that names one intention of the user, so that a repeated request is done once. */
export function intentionKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  // crypto.randomUUID exists in secure contexts only; an intranet without TLS still has getRandomValues.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
