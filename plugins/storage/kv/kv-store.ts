/** KvStore on SQLite. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MaybePromise } from '../../../core/base/maybe-promise.js'
import type { KvEntry, KvStore, MayChangeEntry } from '../../../core/contracts/kv.js'
import type { Batch } from '../db/batch.js'
import { requireRowId, type FunctionRowIds } from '../functions/function-row-ids.js'
import { numberToString } from '../../../core/base/number-text.js'
import type { KvRemover } from './kv-remover.js'
import type { Quotas } from '../quotas/quotas.js'
import { changedMeanwhile } from '../functions/revisions.js'
import { bytesOf, bytesSql } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  /** Notes that a running execution writes. */
  readonly linkToExecution: (executionId: string) => void
  readonly nowMs: () => number
  readonly stored: StoredBytes
  readonly quotas: Quotas
  readonly remover: KvRemover
}
interface ListRow {
  readonly key: Buffer
  readonly value: Buffer
  readonly expiresAt: number | null
}
interface Entry {
  readonly value: Buffer
  readonly expiresAt: number | null
}

/** The scope of the store shared by all functions. */
export const GLOBAL = 0
const NO_BYTES = new Uint8Array()
/** Expired entries that a write removes at most to make room. */
const EXPIRED_AT_ONCE = 100
const decimal = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

export function createKvStore({
  db,
  batch,
  rowIds,
  linkToExecution,
  nowMs,
  stored,
  quotas,
  remover
}: Parts): KvStore {
  const alive = '(expires_at is null or expires_at > ?)'
  const get = db
    .prepare<[number, Uint8Array, number], Buffer>(
      `select value from kv where function = ? and key = ? and ${alive}`
    )
    .pluck()
  const getEntry = db.prepare<[number, Uint8Array, number], Entry>(
    `select value, expires_at as expiresAt from kv where function = ? and key = ? and ${alive}`
  )
  const put = db.prepare<[number, Uint8Array, Uint8Array, number | null]>(
    'insert into kv (function, key, value, expires_at) values (?, ?, ?, ?) on conflict do update set value = excluded.value, expires_at = excluded.expires_at'
  )
  const sizeOf = db
    .prepare<[number, Uint8Array], number>(
      `select ${bytesSql('kv')} from kv where function = ? and key = ?`
    )
    .pluck()
  const removeAlive = db.prepare<[number, Uint8Array, number]>(
    `delete from kv where function = ? and key = ? and ${alive}`
  )
  const list = db.prepare<[number, Uint8Array, number, number], ListRow>(`
    select key, value, expires_at as expiresAt from kv where function = ? and key >= ? and ${alive} order by key limit ?`)
  const listWithin = db.prepare<[number, Uint8Array, Uint8Array, number, number], ListRow>(`
    select key, value, expires_at as expiresAt from kv where function = ? and key >= ? and key < ? and ${alive} order by key limit ?`)
  const keysFrom = db
    .prepare<[number, Uint8Array, number, number], Buffer>(
      `select key from kv where function = ? and key >= ? and ${alive} order by key limit ?`
    )
    .pluck()

  const find = (scope: string): number | undefined => (scope === '' ? GLOBAL : rowIds.find(scope))
  const require = (scope: string): number => (scope === '' ? GLOBAL : requireRowId(rowIds, scope))

  function set(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number | undefined
  ): void {
    write(require(scope), key, value, expiresAt ?? null)
  }

  /** Counts an expired entry as well, whose place it takes. */
  function write(
    owner: number,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number | null
  ): void {
    const more = (): number => bytesOf('kv', key, value) - (sizeOf.get(owner, key) ?? 0)
    quotas.takeKv(owner, more(), () => {
      remover.removeExpired(nowMs(), EXPIRED_AT_ONCE)
    })
    const by = more()
    put.run(owner, key, value, expiresAt)
    stored.add(owner, 'kv', by)
  }

  /** An expired entry is left to others: it is not there. */
  function removeEntry(owner: number, key: Uint8Array): boolean {
    const bytes = sizeOf.get(owner, key)
    if (bytes === undefined || removeAlive.run(owner, key, nowMs()).changes === 0) return false
    stored.add(owner, 'kv', -bytes)
    return true
  }

  function remove(scope: string, key: Uint8Array): boolean {
    return removeEntry(require(scope), key)
  }

  function increment(scope: string, key: Uint8Array, by: number): number {
    const owner = require(scope)
    const entry = getEntry.get(owner, key, nowMs())
    const sum = toNumber(entry?.value) + by
    if (!Number.isFinite(sum)) {
      throw new MoonletError(
        'KV_NOT_A_NUMBER',
        `The sum ${sum} is not a finite number; the value was left as it was.`
      )
    }
    // A whole sum with all its digits, as Lua shows it; a fraction so that it reads back as the same number.
    const text = Number.isInteger(sum) ? numberToString(sum) : String(sum)
    write(owner, key, Buffer.from(text), entry?.expiresAt ?? null)
    return sum
  }

  function compareAndSet(
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined
  ): boolean {
    const owner = require(scope)
    const entry = getEntry.get(owner, key, nowMs())
    if (!isEqual(entry?.value, expected)) return false
    if (next === undefined) removeEntry(owner, key)
    else write(owner, key, next, entry?.expiresAt ?? null)
    return true
  }

  /** Within the write. Throws PRECONDITION_FAILED. */
  function check(scope: string, key: Uint8Array, mayChange: MayChangeEntry | undefined): void {
    if (mayChange === undefined) return
    const entry = getEntry.get(require(scope), key, nowMs())
    if (
      !mayChange(
        entry === undefined
          ? undefined
          : { key, value: entry.value, expiresAt: entry.expiresAt ?? undefined }
      )
    ) {
      throw changedMeanwhile()
    }
  }

  function forExecution<T>(executionId: string, work: () => T): MaybePromise<T> {
    linkToExecution(executionId)
    return batch.writeUnacked(work)
  }

  return {
    get: (scope, key) =>
      batch.readSync(() => {
        const owner = find(scope)
        return owner === undefined ? undefined : get.get(owner, key, nowMs())
      }),
    set: (scope, key, value, expiresAt, mayChange) =>
      batch.write(() => {
        check(scope, key, mayChange)
        set(scope, key, value, expiresAt)
      }),
    delete: (scope, key, mayChange) =>
      batch.write(() => {
        const isThere =
          mayChange === undefined || getEntry.get(require(scope), key, nowMs()) !== undefined
        if (isThere) check(scope, key, mayChange)
        return isThere && remove(scope, key)
      }),
    increment: (scope, key, by) => batch.write(() => increment(scope, key, by)),
    compareAndSet: (scope, key, expected, next) =>
      batch.write(() => compareAndSet(scope, key, expected, next)),
    forExecution: {
      set: (executionId, scope, key, value, expiresAt) =>
        forExecution(executionId, () => {
          set(scope, key, value, expiresAt)
        }),
      delete: (executionId, scope, key) => forExecution(executionId, () => remove(scope, key)),
      increment: (executionId, scope, key, by) =>
        forExecution(executionId, () => increment(scope, key, by)),
      compareAndSet: (executionId, scope, key, expected, next) =>
        forExecution(executionId, () => compareAndSet(scope, key, expected, next))
    },
    list: (scope, { prefix, after, limit, maxBytes }) =>
      batch.read(() => {
        const owner = find(scope)
        if (owner === undefined) return []
        const end = nextPrefix(prefix)
        const first =
          after === undefined || Buffer.compare(after, prefix) < 0 ? prefix : justAfter(after)
        const rows =
          end === undefined
            ? list.iterate(owner, first, nowMs(), limit)
            : listWithin.iterate(owner, first, end, nowMs(), limit)
        return takeBytes(rows, maxBytes)
      }),
    keys: (scope, { after, limit }) =>
      batch.read(() => {
        const owner = find(scope)
        return owner === undefined
          ? []
          : keysFrom.all(owner, after === undefined ? NO_BYTES : justAfter(after), nowMs(), limit)
      }),
    async expire(now, limit) {
      let removed = 0
      for (let step = 1; step > 0 && removed < limit; removed += step) {
        step = await batch.transaction(() => remover.removeExpired(now, limit - removed))
        await nextTurn()
      }
      return removed
    }
  }
}

function takeBytes(rows: Iterable<ListRow>, maxBytes: number): KvEntry[] {
  const entries: KvEntry[] = []
  let bytes = 0
  for (const { key, value, expiresAt } of rows) {
    entries.push({ key, value, expiresAt: expiresAt ?? undefined })
    bytes += key.length + value.length
    if (bytes >= maxBytes) break
  }
  return entries
}

function toNumber(value: Buffer | undefined): number {
  if (value === undefined) return 0
  const text = value.length > 400 ? '' : value.toString('latin1')
  if (!decimal.test(text)) {
    throw new MoonletError(
      'KV_NOT_A_NUMBER',
      `The stored value is no decimal number (${value.length} bytes${text === '' ? '' : `: ${JSON.stringify(text.slice(0, 40))}`}); it was left as it was.`
    )
  }
  return Number(text)
}

function isEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0
}

/** The least key greater than this one. */
const justAfter = (key: Uint8Array): Uint8Array => Buffer.concat([key, new Uint8Array(1)])

/** The least bytes greater than all that start with `prefix`; undefined when there are none. */
function nextPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  if (end === 0) return undefined
  const next = Buffer.from(prefix.subarray(0, end))
  next[end - 1] = (next[end - 1] ?? 0) + 1
  return next
}
