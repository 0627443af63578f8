/**
 * Write batching: what a few turns of the event loop write is one transaction.
 *
 * The first write begins the transaction. It is committed once a few turns in a row (or one long one) have written
 * nothing more, or at the end of the twelfth, or of one that made the batch large: with nothing else to do that is
 * some microseconds later, and under load the cost of a commit is shared by more writes. A write is carried out at
 * once, in the order of the calls; only its durability is late. Its promise settles after the COMMIT:
 *
 * - COMMIT succeeded: every promise of the batch resolves. What they promised is in the file and survives the
 *   death of the process.
 * - COMMIT failed (disk full, I/O): the batch is rolled back, every promise rejects with STORAGE_FAILED, and the
 *   next write begins anew.
 * - One write failed: it alone is undone and rejects; the rest of its batch goes on. A write of several
 *   statements must use `atomic`, which puts them in a savepoint. If SQLite itself had to roll back, the whole
 *   batch rejects.
 *
 * Reads use the same connection and so see every write that was called before them, durable or not.
 *
 * If another process holds the write lock, nothing waits inside SQLite (that would stop the whole server):
 * calls queue up, reads too so that they still see the writes before them, and the lock is tried again every
 * few milliseconds. A call that has waited for `lockPatienceMs` rejects.
 */
import type { Database } from 'better-sqlite3'
import type { Soon } from '../../../core/contracts/storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { throwLater } from '../../../core/base/tell-all.js'
import { atTurnsEnd } from '../../../core/base/tick.js'
import { isBusy, toStorageError } from './failure.js'

export interface Batch {
  /** Carries out one statement; resolves with its result once that is durable. */
  write<T>(work: () => T): Promise<T>
  /**
   * Carries out one statement and gives (or throws) what came of it, without a promise that it is durable: for
   * writes that a later one answers for. A promise only while the lock is waited for.
   */
  carryOut<T>(work: () => T): Soon<T>
  /** The same as `write` for several statements: all or none. */
  atomic<T>(work: () => T): Promise<T>
  read<T>(query: () => T): Promise<T>
  /** The same as `read`, at once where nothing is waited for; it throws what `read` rejects with. */
  look<T>(query: () => T): Soon<T>
  /**
   * `before` is called in the transaction before each COMMIT; if it throws, the batch fails. `after` is told how
   * that went. Hooks added later are called first: they may rely on the earlier ones.
   */
  onCommit(hooks: { before(): void; after(durable: boolean): void }): void
  /** Settles when all that was called before is durable or rejected. */
  flush(): Promise<void>
  /** Commits; afterwards every call rejects. */
  close(): Promise<void>
}

/** A batch this large is committed without waiting for the end of the tick. */
const LARGE = 2000
/**
 * Of this size on, a batch gains nothing by another turn; and it waits for no more turns than this. Those that write
 * nothing are waited for since a run that reads and then writes does so in two turns. Measured (PERFORMANCE.md).
 */
const FULL = 32
const TURNS = 12
const QUIET_TURNS = 3
/** A turn that takes longer has other things to do (a backup, a large query): three of them would be too long to wait. */
const LONG_TURN_MS = 0.5
const LOCK_RETRY_MS = 25

interface Waiting {
  run(): void
  refuse(error: Error): void
  readonly since: number
}
interface Open {
  readonly durable: Promise<void>
  resolve(): void
  reject(error: Error): void
  size: number
  turnBegan: number
}

export interface BatchOptions {
  /** How long a call waits for the write lock; 5 seconds if not given. */
  readonly lockPatienceMs?: number
  /** Is told what an `after` hook threw; if not given, that is thrown where nobody catches it. */
  readonly onHookError?: (error: unknown) => void
}

export function createBatch(
  db: Database,
  { lockPatienceMs = 5000, onHookError = throwLater }: BatchOptions = {}
): Batch {
  const begin = db.prepare('begin immediate')
  const commitStatement = db.prepare('commit')
  const rollback = db.prepare('rollback')
  const save = db.prepare('savepoint one')
  const release = db.prepare('release one')
  const undo = db.prepare('rollback to one')

  const hooks: { before(): void; after(durable: boolean): void }[] = []
  const waiting: Waiting[] = []
  let open: Open | undefined
  let closed = false

  /** False: another process holds the lock. */
  function ensureOpen(): boolean {
    if (open !== undefined) return true
    try {
      begin.run()
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
    open = createOpen()
    endLater(open, 0, 1, 0)
    return true
  }

  function endLater(batch: Open, before: number, turn: number, quiet: number): void {
    atTurnsEnd(() => {
      endTurn(batch, before, turn, quiet)
    })
  }

  /** The end of a turn of the event loop; `before` it the batch was smaller, if the turn wrote anything, and so many before wrote nothing. */
  function endTurn(batch: Open, before: number, turn: number, quietBefore: number): void {
    if (batch !== open) return
    const now = performance.now()
    const isLong = now - batch.turnBegan > LONG_TURN_MS
    batch.turnBegan = now
    const quiet = batch.size === before ? quietBefore + 1 : 0
    if (quiet === QUIET_TURNS || (quiet > 0 && isLong) || batch.size >= FULL || turn === TURNS) {
      commit(batch)
    } else endLater(batch, batch.size, turn + 1, quiet)
  }

  function commit(batch = open): void {
    if (batch === undefined || batch !== open) return
    try {
      for (const hook of hooks) hook.before()
      commitStatement.run()
    } catch (error) {
      return fail(batch, error)
    }
    settle(batch)
  }

  function settle(batch: Open): void {
    open = undefined
    tellHooks(true)
    batch.resolve()
  }

  function fail(batch: Open, error: unknown): void {
    open = undefined
    if (db.inTransaction) rollback.run()
    tellHooks(false)
    batch.reject(toStorageError(error))
  }

  /** Whatever a hook throws changes nothing about what is durable, nor for the other hooks and the callers. */
  function tellHooks(durable: boolean): void {
    for (const hook of hooks) {
      try {
        hook.after(durable)
      } catch (error) {
        onHookError(error)
      }
    }
  }

  /** The open batch, begun if there is none; undefined: another process holds the lock. */
  function enter(): Open | undefined {
    if (closed) throw closedError()
    return waiting.length === 0 && ensureOpen() ? open : undefined
  }

  function workWithin<T>(batch: Open, work: () => T): T {
    let result: T
    try {
      result = work()
    } catch (error) {
      if (!db.inTransaction) fail(batch, error)
      throw error
    }
    if (++batch.size >= LARGE) commit(batch)
    return result
  }

  function run<T>(work: () => T): Promise<T> {
    try {
      const batch = enter()
      if (batch === undefined) return enqueue(() => run(work))
      const result = workWithin(batch, work)
      return result === undefined ? (batch.durable as Promise<T>) : batch.durable.then(() => result)
    } catch (error) {
      return Promise.reject(toStorageError(error))
    }
  }

  function carryOut<T>(work: () => T): Soon<T> {
    try {
      const batch = enter()
      return batch === undefined ? enqueue(() => run(work)) : workWithin(batch, work)
    } catch (error) {
      throw toStorageError(error)
    }
  }

  async function read<T>(query: () => T): Promise<T> {
    return await look(query)
  }

  function look<T>(query: () => T): Soon<T> {
    if (closed) throw closedError()
    if (waiting.length > 0) return enqueue(() => read(query))
    try {
      return query()
    } catch (error) {
      throw toStorageError(error)
    }
  }

  function inSavepoint<T>(work: () => T): T {
    save.run()
    try {
      return work()
    } catch (error) {
      if (db.inTransaction) undo.run()
      throw error
    } finally {
      if (db.inTransaction) release.run()
    }
  }

  function enqueue<T>(call: () => Promise<T>): Promise<T> {
    if (waiting.length === 0) setTimeout(retry, LOCK_RETRY_MS)
    return new Promise<T>((resolve, reject) => {
      waiting.push({
        run: () => {
          call().then(resolve, reject)
        },
        refuse: reject,
        since: performance.now()
      })
    })
  }

  function retry(): void {
    const free = tryOpen()
    const latest = performance.now() - lockPatienceMs
    const patient = waiting.findIndex(({ since }) => since > latest)
    const ready = waiting.splice(0, free || patient === -1 ? waiting.length : patient)
    for (const call of ready) {
      if (free) call.run()
      else call.refuse(lockedError(db.name, lockPatienceMs))
    }
    if (waiting.length > 0) setTimeout(retry, LOCK_RETRY_MS)
  }

  /** An error other than a held lock is for the calls themselves to meet. */
  function tryOpen(): boolean {
    try {
      return ensureOpen()
    } catch {
      return true
    }
  }

  async function flush(): Promise<void> {
    if (waiting.length > 0) await enqueue(async () => {})
    const current = open
    commit()
    await current?.durable
  }

  return {
    write: run,
    carryOut,
    atomic: work => run(() => inSavepoint(work)),
    read,
    look,
    onCommit(added) {
      hooks.unshift(added)
    },
    flush,
    async close() {
      if (closed) return
      try {
        await flush()
      } finally {
        closed = true
      }
    }
  }
}

function createOpen(): Open {
  let resolve = (): void => {}
  let reject: (error: Error) => void = () => {}
  const durable = new Promise<void>((_resolve, _reject) => {
    resolve = _resolve
    reject = _reject
  })
  // Writes that promise nothing have no one to hear of the failure.
  durable.catch(() => {})
  return { durable, resolve, reject, size: 0, turnBegan: performance.now() }
}

const closedError = () =>
  new MoonletError('STORAGE_FAILED', 'The database is closed: the server is stopping.')
const lockedError = (file: string, ms: number) =>
  new MoonletError(
    'STORAGE_FAILED',
    `The database ${file} has been locked by another process for ${ms / 1000} s. End that process or wait until it has finished.`
  )
