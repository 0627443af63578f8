/**
 * Quotas of what functions store, each for one function and for all together.
 *
 * History makes room for itself: when it exceeds its quota, the oldest executions are deleted, in steps that block for
 * a few milliseconds at most. Stored values are never deleted to make room for others: a write that does not fit is
 * rejected and changes nothing. Both warn once before.
 */
import type { Database } from 'better-sqlite3'
import { setImmediate as nextTick } from 'node:timers/promises'
import type { StorageLimits } from '../../../core/contracts/storage.js'
import { BackgroundWork } from '../background-work.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionRemover } from '../executions/remover.js'
import { type QuotaNotice, QuotaWarnings } from './quota-warnings.js'
import { OwnLimits } from './own-limits.js'
import { ALL, type StoredBytes, type StoredKind } from './stored-bytes.js'

/** Part of a quota that is freed beyond what is needed, so that not every write has to free some. */
export const SLACK = 0.01
/** What calls may bring beyond a quota before it is removed: this part of it, and these bytes at most. */
const FRESH = 0.25
const MAX_FRESH_BYTES = 32 * 1024 ** 2

/** More than several sandbox processes can have sent without waiting (256 KiB each). */
export const NEARLY_FULL_BYTES = 4 * 1024 ** 2

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly remover: ExecutionRemover
  readonly stored: StoredBytes
  readonly limits: StorageLimits
  readonly onNotice: (notice: QuotaNotice) => void
}

export class Quotas {
  /** Stand in for what the server gives to each function. */
  readonly ownLimits: OwnLimits
  private readonly sql: ReturnType<typeof prepareStatements>
  private readonly warnings: QuotaWarnings<number>
  /** Functions whose history exceeds its quota. */
  private readonly over = new Set<number>()
  private changed: readonly number[] = []
  /** A failure leaves the rest to the next write. */
  private readonly removing = new BackgroundWork(() => this.removeExcess())

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
    this.ownLimits = new OwnLimits(parts.db, parts.batch)
    this.warnings = new QuotaWarnings(
      functionRowId => this.sql.functionId.get(functionRowId),
      this.ownLimits,
      parts.onNotice
    )
    parts.batch.onCommit({
      before: () => {
        this.changed = [...parts.stored.changed(), ...this.ownLimits.changed()]
      },
      after: durable => {
        if (durable && this.changed.length > 0) this.checkAll(this.changed)
        this.changed = []
      }
    })
    this.checkAll([...parts.stored.functions()])
  }

  /**
   * Throws QUOTA_EXCEEDED unless the store may take `bytes` more. `makeRoom` is called first, once, when there is none.
   */
  reserveKv(functionRowId: number, bytes: number, makeRoom: () => void): void {
    if (bytes <= 0) return
    if (this.hasRoom(functionRowId, bytes) && this.hasRoom(ALL, bytes)) return
    makeRoom()
    for (const account of [functionRowId, ALL]) {
      if (this.hasRoom(account, bytes)) continue
      const used = this.parts.stored.of(account).kv
      throw this.warnings.kvError(account, {
        used,
        limit: this.limitOf(account, 'kv'),
        wanted: bytes
      })
    }
  }

  /** Whether the quota of this store, or that of all together, has less room than NEARLY_FULL_BYTES. */
  isNearlyFull(functionRowId: number): boolean {
    return !this.hasRoom(functionRowId, NEARLY_FULL_BYTES) || !this.hasRoom(ALL, NEARLY_FULL_BYTES)
  }

  /** Resolves when the current step is done. */
  stop(): Promise<void> {
    return this.removing.stop()
  }

  private hasRoom(account: number, bytes: number): boolean {
    return this.parts.stored.of(account).kv + bytes <= this.limitOf(account, 'kv')
  }

  private limitOf(account: number, kind: StoredKind): number {
    const { limits } = this.parts
    if (account === ALL) return limits[kind]
    const own = this.ownLimits.of(account)?.[kind]
    if (own !== undefined) return own
    return kind === 'kv' ? limits.kvPerFunction : limits.historyPerFunction
  }

  private excessOf(account: number): number {
    return this.parts.stored.of(account).history - this.limitOf(account, 'history')
  }

  /** Bytes beyond quotas that calls did not bring just now: a quota has become less. */
  private backlog(): number {
    let bytes = 0
    for (const account of [ALL, ...this.over]) {
      const fresh = Math.min(MAX_FRESH_BYTES, this.limitOf(account, 'history') * FRESH)
      bytes += Math.max(0, this.excessOf(account) - fresh)
    }
    return bytes
  }

  private isOver(account: number): boolean {
    return this.excessOf(account) > 0
  }

  private checkAll(functionRowIds: Iterable<number>): void {
    for (const functionRowId of functionRowIds) {
      this.warnIfNeeded(functionRowId)
      if (this.isOver(functionRowId)) this.over.add(functionRowId)
    }
    this.warnIfNeeded(ALL)
    if (this.over.size > 0 || this.isOver(ALL)) this.removing.start()
  }

  private warnIfNeeded(account: number): void {
    const stored = this.parts.stored.of(account)
    for (const kind of ['history', 'kv'] as const) {
      this.warnings.check(account, kind, stored[kind], this.limitOf(account, kind))
    }
  }

  private async removeExcess(): Promise<void> {
    const { batch } = this.parts
    await nextTick()
    const removeSome = (): number => this.removeSome()
    let backlog = Infinity
    while (!this.removing.isStopping) {
      const before = backlog
      backlog = this.backlog()
      // Calls write history as well: what they bring goes as fast as it comes, and so does what loses ground to them.
      const mayWait = backlog > 0 && backlog < before
      const removed = await (mayWait ? batch.slice(removeSome) : batch.transaction(removeSome))
      if (removed === 0) return
      if (!mayWait) await nextTick()
    }
  }

  /** Returns how many executions were removed; those that still run are left. */
  private removeSome(): number {
    const { remover } = this.parts
    for (const functionRowId of this.over) {
      const removed = this.isOver(functionRowId)
        ? remover.remove(
            this.sql.oldestOf.all(functionRowId, remover.step),
            this.bytesToRemove(functionRowId)
          )
        : 0
      if (removed > 0) return removed
      this.over.delete(functionRowId)
    }
    if (!this.isOver(ALL)) return 0
    return remover.remove(this.sql.oldest.all(remover.step), this.bytesToRemove(ALL))
  }

  private bytesToRemove(account: number): number {
    return this.excessOf(account) + this.limitOf(account, 'history') * SLACK
  }
}

function prepareStatements(db: Database) {
  return {
    oldestOf: db
      .prepare<[number, number], number>(
        `select seq from executions indexed by executions_by_function
         where function = ? and status <> 0 order by id limit ?`
      )
      .pluck(),
    oldest: db
      .prepare<[number], number>('select seq from executions where status <> 0 order by id limit ?')
      .pluck(),
    functionId: db.prepare<[number], string>('select id from functions where seq = ?').pluck()
  }
}
