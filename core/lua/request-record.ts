/** What is kept of requests to outside services (ai, email): masked, and never with the key they were sent with. */
import { boundJson } from '../base/bound-json.js'
import type { IdSource } from '../base/ids.js'
import { LuaFailure } from './errors.js'
import type { HostCall } from './module.js'
import { maskCredentials, maskJson, maskLogMessage, maskSecrets } from '../masking/event.js'

/** What is kept of a request, and of its reply: about so many characters. */
const RECORD_CHARACTERS = 64 * 1024

/** What the records of all kinds of requests have in common. */
export interface RequestFields {
  readonly id: string
  readonly executionId: string
  readonly status: 'success' | 'error'
  readonly errorMessage: string | undefined
  readonly durationMs: number
  readonly createdAt: number
}

interface Request<T> {
  readonly call: HostCall
  readonly ids: Pick<IdSource, 'next'>
  /** What is known of the request by its end; the key is filled in while it is made. */
  readonly note: { readonly key: string }
  readonly send: () => Promise<T>
  /** Keeps the record; `answer` is undefined when the request failed. */
  readonly keep: (fields: RequestFields, answer: T | undefined) => void
}

/** Makes a request and has its record kept, whichever way it ends. Failures that are none of Lua's leave no record. */
export async function recorded<T>({ call, ids, note, send, keep }: Request<T>): Promise<T> {
  const startedAt = Date.now()
  const fields = (error?: string): RequestFields => ({
    id: ids.next(),
    executionId: call.executionId,
    status: error === undefined ? 'success' : 'error',
    errorMessage: error === undefined ? undefined : maskLogMessage(withoutKey(error, note.key)),
    durationMs: Date.now() - startedAt,
    createdAt: Math.floor(startedAt / 1000)
  })
  try {
    const answer = await send()
    keep(fields(), answer)
    return answer
  } catch (error) {
    if (error instanceof LuaFailure) keep(fields(error.message), undefined)
    throw error
  }
}

/** The text without the key; services like to quote it in their error messages. */
export const withoutKey = (text: string, key: string): string => maskSecrets(text, [key])

/** JSON as it is stored: masked, and cut where it is longer than records should be; then it has `truncated`. */
export function toRecordJson(value: unknown): string {
  const { value: kept, isCut } = boundJson(value, RECORD_CHARACTERS)
  const masked = maskJson(kept)
  const isObject = typeof masked === 'object' && masked !== null && !Array.isArray(masked)
  return JSON.stringify(isCut && isObject ? { ...masked, truncated: true } : masked)
}

/** A reply's text as it is stored: masked by its fields if it is JSON, by shapes either way; and without the key. */
export function replyToRecordJson(text: string, key: string): string {
  const clean = withoutKey(text, key)
  try {
    return toRecordJson(JSON.parse(clean))
  } catch {
    return maskCredentials(clean.slice(0, RECORD_CHARACTERS))
  }
}
