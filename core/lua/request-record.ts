/** What is kept of requests to outside services (ai, email): masked, and never with the key they were sent with. */
import { boundJson } from '../base/bound-json.js'
import type { IdSource } from '../base/ids.js'
import { LuaFailure } from './errors.js'
import type { HostCall } from './module.js'
import { maskCredentials, maskJson, maskLogMessage, maskSecrets } from '../masking/event.js'

/** About this many characters are kept of a request, and of its reply. */
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

/**
 * Makes a request and has its record kept, once, whichever way it ends. Failures that are not for Lua leave no record.
 *
 * One that the end of its execution breaks off is kept at that moment: later, the values of the function's variables
 * would no longer be masked in it.
 */
export async function recorded<T>({ call, ids, note, send, keep }: Request<T>): Promise<T> {
  const startedAt = Date.now()
  let isKept = call.signal.aborted
  const keepOnce = (error: string | undefined, answer: T | undefined): void => {
    if (isKept) return
    isKept = true
    call.signal.removeEventListener('abort', onAbort)
    const fields: RequestFields = {
      id: ids.next(),
      executionId: call.executionId,
      status: error === undefined ? 'success' : 'error',
      errorMessage: error === undefined ? undefined : maskLogMessage(withoutKey(error, note.key)),
      durationMs: Date.now() - startedAt,
      createdAt: Math.floor(startedAt / 1000)
    }
    keep(fields, answer)
  }
  const onAbort = (): void => {
    keepOnce('the execution ended before the reply', undefined)
  }
  call.signal.addEventListener('abort', onAbort, { once: true })
  try {
    const answer = await send()
    keepOnce(undefined, answer)
    return answer
  } catch (error) {
    if (error instanceof LuaFailure) keepOnce(error.message, undefined)
    throw error
  } finally {
    call.signal.removeEventListener('abort', onAbort)
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
