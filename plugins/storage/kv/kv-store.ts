/** KvStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { MaybePromise } from '../../../core/base/maybe-promise.js'
import type { KvEntry, KvStore, MayChangeEntry } from '../../../core/contracts/kv.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionWriter } from '../executions/writer.js'
import { requireRowId, type FunctionRowIds } from '../functions/function-row-ids.js'
import { changedMeanwhile } from '../functions/refusals.js'
import type { Quotas } from '../quotas/quotas.js'
import { SHARED } from '../quotas/stored-bytes.js'
import { rangeOf, takeBytes } from './key-ranges.js'
import { prepareKvStatements, type KvStatements } from './kv-statements.js'
import type { KvRemover } from './kv-remover.js'
import type { KvWriter } from './kv-writer.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly writer: KvWriter
  readonly quotas: Pick<Quotas, 'isNearlyFull'>
  readonly remover: KvRemover
  readonly executions: Pick<ExecutionWriter, 'linkToExecution'>
  readonly nowMs: () => number
}

type ListQuery = Parameters<KvStore['list']>[1]
type KeysQuery = Parameters<KvStore['keys']>[1]

const NO_BYTES = new Uint8Array()

export class SqliteKvStore implements KvStore {
  readonly forExecution: KvStore['forExecution']
  private readonly sql: KvStatements

  constructor(private readonly parts: Parts) {
    this.sql = prepareKvStatements(parts.db)
    this.forExecution = this.createExecutionKv()
  }

  get(scope: string, key: Uint8Array): MaybePromise<Uint8Array | undefined> {
    return this.parts.batch.readSync(() => {
      const owner = this.findOwner(scope)
      return owner === undefined ? undefined : this.sql.get.get(owner, key, this.parts.nowMs())
    })
  }

  set(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number,
    mayChange?: MayChangeEntry
  ): Promise<void> {
    return this.parts.batch.write(() => {
      const owner = this.requireOwner(scope)
      this.checkPrecondition(owner, key, mayChange)
      this.parts.writer.set(owner, key, value, expiresAt)
    })
  }

  delete(scope: string, key: Uint8Array, mayChange?: MayChangeEntry): Promise<boolean> {
    return this.parts.batch.write(() => {
      const owner = this.requireOwner(scope)
      if (mayChange !== undefined) {
        if (this.findEntry(owner, key) === undefined) return false
        this.checkPrecondition(owner, key, mayChange)
      }
      return this.parts.writer.delete(owner, key)
    })
  }

  increment(scope: string, key: Uint8Array, by: number, expiresAt?: number): Promise<number> {
    const { batch, writer } = this.parts
    return batch.write(() => writer.increment(this.requireOwner(scope), key, by, expiresAt))
  }

  compareAndSet(
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined,
    expiresAt?: number
  ): Promise<boolean> {
    const { batch, writer } = this.parts
    return batch.write(() =>
      writer.compareAndSet(this.requireOwner(scope), key, { expected, next, expiresAt })
    )
  }

  isNearlyFull(scope: string): boolean {
    const owner = this.findOwner(scope)
    return owner !== undefined && this.parts.quotas.isNearlyFull(owner)
  }

  list(scope: string, { prefix, after, limit, maxBytes }: ListQuery): Promise<KvEntry[]> {
    return this.parts.batch.read(() => {
      const owner = this.findOwner(scope)
      if (owner === undefined) return []
      const now = this.parts.nowMs()
      const { first, end } = rangeOf(prefix, after)
      const rows =
        end === undefined
          ? this.sql.list.iterate(owner, first, now, limit)
          : this.sql.listUntil.iterate(owner, first, end, now, limit)
      return takeBytes(rows, maxBytes)
    })
  }

  keys(scope: string, { prefix = NO_BYTES, after, limit }: KeysQuery): Promise<Uint8Array[]> {
    return this.parts.batch.read(() => {
      const owner = this.findOwner(scope)
      if (owner === undefined) return []
      const now = this.parts.nowMs()
      const { first, end } = rangeOf(prefix, after)
      return end === undefined
        ? this.sql.keys.all(owner, first, now, limit)
        : this.sql.keysUntil.all(owner, first, end, now, limit)
    })
  }

  async expire(nowMs: number, limit: number): Promise<number> {
    const { batch, remover } = this.parts
    let removed = 0
    for (let step = 1; step > 0 && removed < limit; removed += step) {
      step = await batch.slice(() => remover.removeExpired(nowMs, limit - removed))
    }
    return removed
  }

  private createExecutionKv(): KvStore['forExecution'] {
    const { writer } = this.parts
    return {
      set: (executionId, scope, key, value, expiresAt) =>
        this.writeFor(executionId, () => {
          writer.set(this.requireOwner(scope), key, value, expiresAt)
        }),
      delete: (executionId, scope, key) =>
        this.writeFor(executionId, () => writer.delete(this.requireOwner(scope), key)),
      increment: (executionId, scope, key, by, expiresAt) =>
        this.writeFor(executionId, () =>
          writer.increment(this.requireOwner(scope), key, by, expiresAt)
        ),
      compareAndSet: (executionId, scope, key, expected, next, expiresAt) =>
        this.writeFor(executionId, () =>
          writer.compareAndSet(this.requireOwner(scope), key, { expected, next, expiresAt })
        )
    }
  }

  private writeFor<T>(executionId: string, work: () => T): MaybePromise<T> {
    this.parts.executions.linkToExecution(executionId)
    return this.parts.batch.writeUnacked(work)
  }

  private findOwner(scope: string): number | undefined {
    return scope === '' ? SHARED : this.parts.rowIds.find(scope)
  }

  private requireOwner(scope: string): number {
    return scope === '' ? SHARED : requireRowId(this.parts.rowIds, scope)
  }

  private findEntry(owner: number, key: Uint8Array): KvEntry | undefined {
    const row = this.sql.getEntry.get(owner, key, this.parts.nowMs())
    return row && { key, value: row.value, expiresAt: row.expiresAt ?? undefined }
  }

  /** Within the write. Throws PRECONDITION_FAILED. */
  private checkPrecondition(
    owner: number,
    key: Uint8Array,
    mayChange: MayChangeEntry | undefined
  ): void {
    if (mayChange === undefined || mayChange(this.findEntry(owner, key))) return
    throw changedMeanwhile()
  }
}
