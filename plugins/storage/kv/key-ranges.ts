/** Ranges of keys in byte order. */
import type { KvEntry } from '../../../core/contracts/kv.js'
import type { KvRow } from './kv-statements.js'

/** The least key greater than `key`. */
const afterKey = (key: Uint8Array): Uint8Array => Buffer.concat([key, new Uint8Array(1)])

/** The least bytes greater than all that start with `prefix`; undefined when there are none. */
function nextPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  if (end === 0) return undefined
  const next = Buffer.from(prefix.subarray(0, end))
  next[end - 1] = (next[end - 1] ?? 0) + 1
  return next
}

/** The keys that start with `prefix` and come after `after`: from `first` to before `end`, or to the last of all. */
export function rangeOf(
  prefix: Uint8Array,
  after: Uint8Array | undefined
): { readonly first: Uint8Array; readonly end: Uint8Array | undefined } {
  const isBeforePrefix = after === undefined || Buffer.compare(after, prefix) < 0
  return { first: isBeforePrefix ? prefix : afterKey(after), end: nextPrefix(prefix) }
}

/** Rows as entries, up to the one that brings keys and values to `maxBytes`. */
export function takeBytes(rows: Iterable<KvRow>, maxBytes: number): KvEntry[] {
  const entries: KvEntry[] = []
  let bytes = 0
  for (const { key, value, expiresAt } of rows) {
    entries.push({ key, value, expiresAt: expiresAt ?? undefined })
    bytes += key.length + value.length
    if (bytes >= maxBytes) break
  }
  return entries
}
