/**
 * Write batching: the writes of a few ticks share one transaction.
 *
 * The first write begins the transaction; OpenBatch decides when it is due (a few ticks without a write, or many
 * writes). An idle server commits some microseconds later; under load more writes share the cost of a commit. A write
 * is carried out at once, in the order of the calls; only its durability comes later. Its promise settles after the
 * COMMIT:
 *
 * - COMMIT succeeded: every promise of the batch resolves. What they promised is in the file and survives the death of
 *   the process.
 * - COMMIT failed (disk full, I/O): the batch is rolled back, every promise rejects with STORAGE_FAILED, and the next
 *   write begins a new one.
 * - One write failed: only that write is undone and rejects; the rest of its batch goes on. A write of several
 *   statements must use `transaction`, which puts them in a savepoint. If SQLite itself rolled back, the whole batch
 *   rejects.
 *
 * Reads use the same connection and so see every write that was called before them, durable or not.
 *
 * While another process holds the write lock, calls wait in a LockQueue: reads too, so that they still see the writes
 * before them. A call that has waited for `lockPatienceMs` rejects.
 */
import type { Database, Statement } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import type { MaybePromise } from '../../../core/base/maybe-promise.js'
import { throwLater } from '../../../core/base/tell-all.js'
import { giveWay } from '../../../core/base/give-way.js'
import { deferToTickEnd } from '../../../core/base/tick.js'
import { isBusy, toStorageError } from './failure.js'
import { LockQueue } from './lock-queue.js'
import { OpenBatch } from './open-batch.js'

export interface CommitHooks {
  /** Called in the transaction before each COMMIT; if it throws, the batch fails. */
  before(): void
  /** Told how the COMMIT went. What it throws changes nothing about that. */
  after(durable: boolean): void
}

export interface BatchOptions {
  /** How long a call waits for the write lock; 5 seconds if not given. */
  readonly lockPatienceMs?: number
  /** Receives what an `after` hook threw; if not given, it becomes an uncaught exception. */
  readonly onHookError?: (error: unknown) => void
}

/** Does the work, and something before and after it; all or none. */
export type Wrap = <R>(work: () => R) => R

export class Batch {
  private readonly begin: Statement<[]>
  private readonly commitStatement: Statement<[]>
  private readonly rollback: Statement<[]>
  private readonly savepoint: Statement<[]>
  private readonly releaseSavepoint: Statement<[]>
  private readonly undoSavepoint: Statement<[]>

  private readonly hooks: CommitHooks[] = []
  private readonly lockQueue: LockQueue
  private readonly onHookError: (error: unknown) => void
  private open: OpenBatch | undefined
  /** Of the next write, in this very turn. */
  private wrap: Wrap | undefined
  private closed = false

  constructor(
    private readonly db: Database,
    { lockPatienceMs = 5000, onHookError = throwLater }: BatchOptions = {}
  ) {
    this.begin = db.prepare('begin immediate')
    this.commitStatement = db.prepare('commit')
    this.rollback = db.prepare('rollback')
    this.savepoint = db.prepare('savepoint one')
    this.releaseSavepoint = db.prepare('release one')
    this.undoSavepoint = db.prepare('rollback to one')
    this.onHookError = onHookError
    this.lockQueue = new LockQueue({
      tryLock: () => this.tryLock(),
      patienceMs: lockPatienceMs,
      createError: () => lockedError(db.name, lockPatienceMs)
    })
  }

  /** Makes `call`; what its first write does is done by `wrap`, within its transaction. */
  around<T>(wrap: Wrap, call: () => Promise<T>): Promise<T> {
    this.wrap = wrap
    try {
      return call()
    } finally {
      this.wrap = undefined
    }
  }

  /** Carries out one statement; resolves with its result once that is durable. */
  write<T>(work: () => T): Promise<T> {
    const { wrap } = this
    if (wrap !== undefined) {
      this.wrap = undefined
      return this.transaction(() => wrap(work))
    }
    try {
      const open = this.enter()
      if (open === undefined) return this.lockQueue.enqueue(() => this.write(work))
      const result = this.workWithin(open, work)
      return result === undefined ? (open.durable as Promise<T>) : open.durable.then(() => result)
    } catch (error) {
      return Promise.reject(toStorageError(error))
    }
  }

  /**
   * Carries out one statement and gives (or throws) its result without a promise that it is durable: for writes that
   * a later one answers for. A promise only while the lock is waited for.
   */
  writeUnacked<T>(work: () => T): MaybePromise<T> {
    try {
      const open = this.enter()
      return open === undefined
        ? this.lockQueue.enqueue(() => this.write(work))
        : this.workWithin(open, work)
    } catch (error) {
      throw toStorageError(error)
    }
  }

  /** Like `write`, for several statements: all or none. */
  transaction<T>(work: () => T): Promise<T> {
    return this.write(() => this.inSavepoint(work))
  }

  /**
   * A transaction of long work that resolves once others have had their turn: see giveWay. What it changes is written
   * by the COMMIT, which for scattered rows takes longer than the work, so both count.
   */
  async slice<T>(work: () => T): Promise<T> {
    const { result, tookMs, batch } = await this.transaction(() => {
      const since = performance.now()
      const result = work()
      return { result, tookMs: performance.now() - since, batch: this.open }
    })
    await giveWay(tookMs + (batch?.commitMs ?? 0))
    return result
  }

  async read<T>(query: () => T): Promise<T> {
    return await this.readSync(query)
  }

  /** Like `read`, without a promise unless the lock is waited for; throws what `read` rejects with. */
  readSync<T>(query: () => T): MaybePromise<T> {
    if (this.closed) throw closedError()
    if (!this.lockQueue.isEmpty) return this.lockQueue.enqueue(() => this.read(query))
    try {
      return query()
    } catch (error) {
      throw toStorageError(error)
    }
  }

  /** Hooks added later are called first: they may rely on the earlier ones. */
  onCommit(hooks: CommitHooks): void {
    this.hooks.unshift(hooks)
  }

  /** Settles when every earlier call is durable or rejected. */
  async flush(): Promise<void> {
    if (!this.lockQueue.isEmpty) await this.lockQueue.enqueue(async () => {})
    const { open } = this
    if (open === undefined) return
    this.commit(open)
    await open.durable
  }

  /** Commits; afterwards every call rejects. */
  async close(): Promise<void> {
    if (this.closed) return
    try {
      await this.flush()
    } finally {
      this.closed = true
    }
  }

  /** The open batch, begun if there is none; undefined: another process holds the lock. */
  private enter(): OpenBatch | undefined {
    if (this.closed) throw closedError()
    return this.lockQueue.isEmpty && this.ensureOpen() ? this.open : undefined
  }

  /** False: another process holds the lock. */
  private ensureOpen(): boolean {
    if (this.open !== undefined) return true
    try {
      this.begin.run()
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
    this.open = new OpenBatch()
    this.commitWhenDue(this.open)
    return true
  }

  /** An error other than a held lock is left for the waiting calls to meet. */
  private tryLock(): boolean {
    try {
      return this.ensureOpen()
    } catch {
      return true
    }
  }

  private commitWhenDue(batch: OpenBatch): void {
    const endTick = (): void => {
      if (batch !== this.open) return
      if (batch.endTick()) this.commit(batch)
      else deferToTickEnd(endTick)
    }
    deferToTickEnd(endTick)
  }

  private commit(batch: OpenBatch): void {
    if (batch !== this.open) return
    try {
      for (const hook of this.hooks) hook.before()
      const since = performance.now()
      this.commitStatement.run()
      batch.commitMs = performance.now() - since
    } catch (error) {
      return this.fail(batch, error)
    }
    this.open = undefined
    this.tellHooks(true)
    batch.committed()
  }

  private fail(batch: OpenBatch, error: unknown): void {
    this.open = undefined
    if (this.db.inTransaction) this.rollback.run()
    this.tellHooks(false)
    batch.failed(toStorageError(error))
  }

  /** What a hook throws changes nothing about what is durable, nor for the other hooks and the callers. */
  private tellHooks(durable: boolean): void {
    for (const hook of this.hooks) {
      try {
        hook.after(durable)
      } catch (error) {
        this.onHookError(error)
      }
    }
  }

  private workWithin<T>(batch: OpenBatch, work: () => T): T {
    let result: T
    try {
      result = work()
    } catch (error) {
      if (!this.db.inTransaction) this.fail(batch, error)
      throw error
    }
    if (batch.addWrite()) this.commit(batch)
    return result
  }

  private inSavepoint<T>(work: () => T): T {
    this.savepoint.run()
    try {
      return work()
    } catch (error) {
      if (this.db.inTransaction) this.undoSavepoint.run()
      throw error
    } finally {
      if (this.db.inTransaction) this.releaseSavepoint.run()
    }
  }
}

const closedError = () =>
  new MoonletError('STORAGE_FAILED', 'The database is closed: the server is stopping.')

const lockedError = (file: string, ms: number) =>
  new MoonletError(
    'STORAGE_FAILED',
    `The database ${file} has been locked by another process for ${ms / 1000} s. ` +
      'End that process or wait until it has finished.'
  )
