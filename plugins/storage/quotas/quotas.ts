/**
 * Quotas of what functions keep, each for one function and for all together.
 *
 * History makes room for itself: when there is too much, the oldest executions go, in steps that block for a few
 * milliseconds at most. Stored values are never deleted for others: a write that does not fit is refused, and what
 * was there stays. Of both there is one warning before.
 */
import type { Database } from 'better-sqlite3'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StorageLimits } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionRemover } from '../executions/remover.js'
import { ALL, type StoredBytes, type StoredKind } from './stored-bytes.js'

export const NO_LIMITS: StorageLimits = {
  history: Infinity,
  historyPerFunction: Infinity,
  kv: Infinity,
  kvPerFunction: Infinity
}

/** A quota that is used beyond WARN_AT of it; once, until less than CALM_AT is used. */
export interface QuotaNotice {
  readonly kind: StoredKind
  /** Undefined: of all functions together, or the store that they share. */
  readonly functionId: string | undefined
  readonly setting: string
  readonly bytes: number
  readonly limit: number
}

const WARN_AT = 0.8
const CALM_AT = 0.6
/** Part of a quota that is made free beyond what is needed. */
const SLACK = 0.01

const settings = {
  history: { one: 'HISTORY_LIMIT_PER_FUNCTION', all: 'HISTORY_LIMIT' },
  kv: { one: 'KV_LIMIT_PER_FUNCTION', all: 'KV_LIMIT' }
} as const satisfies Record<StoredKind, object>

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly remover: ExecutionRemover
  readonly stored: StoredBytes
  readonly limits: StorageLimits
  readonly onNotice: (notice: QuotaNotice) => void
}

export interface Quotas {
  /** Throws QUOTA_EXCEEDED if the store may not take so many bytes more. `makeRoom` is called before that, once. */
  takeKv(functionRowId: number, by: number, makeRoom: () => void): void
  /** Resolves when the current step is done. */
  stop(): Promise<void>
}

export function createQuotas({ db, batch, remover, stored, limits, onNotice }: Parts): Quotas {
  const oldestOf = db
    .prepare<[number, number], number>(
      `
    select seq from executions indexed by executions_by_function
    where function = ? and status <> 0 order by id limit ?`
    )
    .pluck()
  const oldest = db
    .prepare<[number], number>('select seq from executions where status <> 0 order by id limit ?')
    .pluck()
  const idOf = db.prepare<[number], string>('select id from functions where seq = ?').pluck()

  const limitOf = (functionRowId: number, kind: StoredKind): number => {
    if (functionRowId === ALL) return limits[kind]
    return kind === 'kv' ? limits.kvPerFunction : limits.historyPerFunction
  }
  const excessOf = (functionRowId: number): number =>
    stored.of(functionRowId).history - limitOf(functionRowId, 'history')
  const isOver = (functionRowId: number): boolean => excessOf(functionRowId) > 0

  /** Quotas that were warned of. */
  const warned = new Set<string>()
  /** Functions with too much history. */
  const over = new Set<number>()
  let work: Promise<void> | undefined
  const stopping = new AbortController()

  function look(functionRowId: number): void {
    const bytes = stored.of(functionRowId)
    for (const kind of ['history', 'kv'] as const) warn(functionRowId, kind, bytes[kind])
    if (functionRowId !== ALL && isOver(functionRowId)) over.add(functionRowId)
  }

  function warn(functionRowId: number, kind: StoredKind, bytes: number): void {
    const limit = limitOf(functionRowId, kind)
    if (bytes <= limit * CALM_AT && warned.size === 0) return
    const quota = `${functionRowId} ${kind}`
    if (bytes <= limit * CALM_AT) warned.delete(quota)
    if (bytes <= limit * WARN_AT || warned.has(quota)) return
    warned.add(quota)
    const functionId = functionRowId === ALL ? undefined : idOf.get(functionRowId)
    onNotice({
      kind,
      functionId,
      setting: settings[kind][functionRowId === ALL ? 'all' : 'one'],
      bytes,
      limit
    })
  }

  function lookAt(functionRowIds: Iterable<number>): void {
    for (const functionRowId of functionRowIds) look(functionRowId)
    look(ALL)
    if (over.size > 0 || isOver(ALL)) start()
  }

  function start(): void {
    if (stopping.signal.aborted || work !== undefined) return
    // A failure (a full disk) leaves the rest to the next write.
    work = shorten()
      .catch(() => {})
      .finally(() => {
        work = undefined
      })
  }

  async function shorten(): Promise<void> {
    await nextTurn()
    while (!stopping.signal.aborted && (await batch.transaction(removeSome)) > 0) await nextTurn()
  }

  /** Gives how many executions were removed; those that still run are left. */
  function removeSome(): number {
    for (const functionRowId of over) {
      const removed = isOver(functionRowId)
        ? remover.remove(oldestOf.all(functionRowId, remover.step), toRemove(functionRowId))
        : 0
      if (removed > 0) return removed
      over.delete(functionRowId)
    }
    return isOver(ALL) ? remover.remove(oldest.all(remover.step), toRemove(ALL)) : 0
  }

  /** A little more than must go, so that not every write has to. */
  const toRemove = (functionRowId: number): number =>
    excessOf(functionRowId) + limitOf(functionRowId, 'history') * SLACK

  let changed: readonly number[] = []
  batch.onCommit({
    before() {
      changed = [...stored.changed()]
    },
    after(durable) {
      if (durable && changed.length > 0) lookAt(changed)
      changed = []
    }
  })
  lookAt([...stored.functions()])

  const fits = (functionRowId: number, by: number): boolean =>
    stored.of(functionRowId).kv + by <= limitOf(functionRowId, 'kv')

  return {
    takeKv(functionRowId, by, makeRoom) {
      if (by <= 0 || (fits(functionRowId, by) && fits(ALL, by))) return
      makeRoom()
      for (const key of [functionRowId, ALL]) {
        if (!fits(key, by)) throw full(key, stored.of(key).kv, limitOf(key, 'kv'), by)
      }
    },
    async stop() {
      stopping.abort()
      await work
    }
  }
}

function full(functionRowId: number, bytes: number, limit: number, by: number): MoonletError {
  const setting = settings.kv[functionRowId === ALL ? 'all' : 'one']
  const whose =
    functionRowId === ALL
      ? 'all stores together'
      : functionRowId === 0
        ? 'the shared store'
        : 'the store of this function'
  return new MoonletError(
    'QUOTA_EXCEEDED',
    `no room for ${by} bytes more: of ${limit} bytes for ${whose} ` +
      `(setting ${setting}) ${bytes} are in use; nothing was changed`
  )
}
