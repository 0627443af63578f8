/** The one way to the management API. Every failure is a `Failure` with words, status and request id. */
import { toBrowserPath } from '../base-path.js'
import { t } from '../i18n/locale.js'
import { serverWords } from './server-words.js'
import { Failure, Stale } from './failure.js'

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  /** Sent as it is instead of as JSON. */
  readonly raw?: Blob
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly signal?: AbortSignal
  /** Only if this is still there: a tag as `ETag` gave it. */
  readonly ifMatch?: string | undefined
  /** Only if nothing is there yet. */
  readonly ifNew?: boolean
}

interface Observers {
  /** The server does not know this session any more. True: it knows another one now. */
  onSignedOut: (refused: { isChange: boolean }) => Promise<boolean>
  /** The server knows this session. */
  onAccepted: () => void
  onUnreachable: () => void
  onReached: () => void
  /** Something is not there, perhaps what the page is about. */
  onMissing: () => void
}

let observers: Observers = {
  onSignedOut: () => Promise.resolve(false),
  onAccepted() {},
  onUnreachable() {},
  onReached() {},
  onMissing() {}
}
export const observe = (given: Observers): void => {
  observers = given
}

function toUrl(path: string, query: Ask['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  return search.size === 0 ? path : `${path}?${search}`
}

async function send(path: string, ask: Ask): Promise<Response> {
  const headers: Record<string, string> = {}
  const init: RequestInit = { method: ask.method ?? 'GET', credentials: 'same-origin', headers }
  if (ask.ifMatch !== undefined) headers['if-match'] = ask.ifMatch
  if (ask.ifNew) headers['if-none-match'] = '*'
  if (ask.signal) init.signal = ask.signal
  if (ask.raw) init.body = ask.raw
  else if (ask.body !== undefined) {
    init.body = JSON.stringify(ask.body)
    headers['content-type'] = 'application/json'
  }
  try {
    const response = await fetch(toBrowserPath(toUrl(path, ask.query)), init)
    observers.onReached()
    return response
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    observers.onUnreachable()
    throw new Failure(0, t('errors.unreachable'))
  }
}

/** What the answer's `ETag` says; '' when there is none. */
export const tagOf = (response: Response): string => response.headers.get('etag') ?? ''

async function toFailure(response: Response): Promise<Failure> {
  const text = await response.text().catch(() => '')
  const requestId = response.headers.get('x-request-id') ?? undefined
  try {
    const { error, current } = JSON.parse(text) as { error?: unknown; current?: unknown }
    if (response.status === 412 && typeof error === 'string') {
      return new Stale(error, requestId, current, tagOf(response))
    }
    if (typeof error === 'string') {
      return new Failure(response.status, serverWords(error, response.status), requestId, error)
    }
  } catch {
    // Not JSON: a proxy's page, say. The status is all there is to tell.
  }
  return new Failure(response.status, t('errors.status', { status: response.status }), requestId)
}

/** The response itself, when it is a success. What needs a session waits until the reader has signed in again. */
export async function fetchOk(path: string, ask: Ask = {}): Promise<Response> {
  const response = await send(path, ask)
  if (response.ok) {
    observers.onAccepted()
    return response
  }
  // 429 is 401 after too many wrong keys from this address, perhaps somebody else's; the right one always passes.
  if ((response.status === 401 || response.status === 429) && !path.startsWith('/api/auth/login')) {
    const isChange = (ask.method ?? 'GET') !== 'GET'
    // Nothing was done but to refuse it.
    if (await observers.onSignedOut({ isChange })) return await fetchOk(path, ask)
  }
  if (response.status === 404) observers.onMissing()
  throw await toFailure(response)
}

export interface Tagged<T> {
  found: T
  /** Of its state. Changes send it, and fail with `Stale` when the state is another by now. */
  tag: string
}
export async function requestTagged<T>(path: string): Promise<Tagged<T>> {
  const response = await fetchOk(path)
  return { found: (await response.json()) as T, tag: tagOf(response) }
}

/** The JSON that the server answers; undefined when it answers nothing. */
export async function request<T>(path: string, ask: Ask = {}): Promise<T> {
  const text = await (await fetchOk(path, ask)).text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}
