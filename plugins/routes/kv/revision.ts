/** The state of an entry as changes are held against it. */
import { createHash } from 'node:crypto'
import { Type } from 'typebox'
import { isUtf8 } from 'node:buffer'
import {
  readIfMatch,
  readIfNoneMatch,
  staleResponse,
  tellCurrent
} from '../../../core/http/entity-tags.js'
import type { AuditNote } from '../../../core/contracts/audit.js'
import type { Storage } from '../../../core/contracts/storage.js'
import type { KvEntry, KvStore, MayChangeEntry } from '../../../core/contracts/kv.js'

type State = Pick<KvEntry, 'value' | 'expiresAt'>

/** Named by its value and its expiry, so that a change of either gives another name. */
export const toEntryRevision = ({ value, expiresAt }: State): string =>
  createHash('sha256')
    .update(`${expiresAt ?? ''}\n`)
    .update(value)
    .digest('base64url')
    .slice(0, 22)

/** Undefined: no condition. Throws VALIDATION when a header makes no sense. */
export function readEntryConditions(headers: {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}): MayChangeEntry | undefined {
  const matches = readIfMatch(headers['if-match'])
  const isNew = readIfNoneMatch(headers['if-none-match'])
  if (matches === undefined && !isNew) return undefined
  return entry => {
    if (entry === undefined) return matches === undefined
    return !isNew && (matches === undefined || matches(toEntryRevision(entry)))
  }
}

/** The entry with exactly this key. */
export async function findEntry(
  kv: Pick<KvStore, 'list'>,
  scope: string,
  key: Uint8Array
): Promise<KvEntry | undefined> {
  // A key is the first of all that begin with it.
  const [first] = await kv.list(scope, { prefix: key, after: undefined, limit: 1, maxBytes: 0 })
  return first !== undefined && Buffer.compare(first.key, key) === 0 ? first : undefined
}

interface Entry {
  /** The function; empty for the shared store. */
  readonly scope: string
  readonly key: Uint8Array
}

/**
 * What a change of the entry gives, which the audit notes; refused for its conditions, it answers 412 with the entry as
 * it is now.
 */
export function changeEntry<T>(
  { kv, audit }: Pick<Storage, 'kv' | 'audit'>,
  note: AuditNote,
  { scope, key }: Entry,
  change: () => Promise<T>
): Promise<T> {
  const changed = audit.track(note, { value: { functionId: scope, key } }, change)
  return tellCurrent(changed, async () => {
    const entry = await findEntry(kv, scope, key)
    return {
      current: entry === undefined ? null : toCurrent(entry),
      revision: entry === undefined ? undefined : toEntryRevision(entry)
    }
  })
}

function toCurrent({ value, expiresAt }: KvEntry) {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return {
    ...(isUtf8(bytes)
      ? { value: bytes.toString('utf8') }
      : { value_base64: bytes.toString('base64') }),
    expires_at: expiresAt === undefined ? undefined : Math.ceil(expiresAt / 1000)
  }
}

const Current = Type.Union([
  Type.Object({
    value: Type.Optional(Type.String()),
    value_base64: Type.Optional(
      Type.String({ description: 'Instead of `value`, when it is no text.' })
    ),
    expires_at: Type.Optional(
      Type.Integer({ description: 'Unix seconds; absent when the value is kept for good.' })
    )
  }),
  Type.Null({ description: 'There is none any more.' })
])

export const staleEntry = { 412: staleResponse('StaleEntry', Current, { value: '11' }) }
