/**
 * The order of this server's writes. They are carried out in the order of the calls: plain writes that come together,
 * or while others are on their way, in one batch; transactions of several steps one by one, each with its own
 * round trips. A write resolves once its transaction is committed.
 *
 * What a batch cannot do as a whole is done write by write, so that one that fails fails alone. When the connection
 * breaks, the number of the lane says whether the transaction was committed: if not, it is done again, until its writes
 * have waited for as long as they may.
 */
import { deferToTickEnd } from '../../../../core/base/tick.js'
import { BatchTicks } from '../../db/batch-ticks.js'
import { Batch } from './batch.js'
import type { Connection } from './connection.js'
import type { Connections } from './connections.js'
import { closedError, isAway, isConflict, isDiskFull, isGone, toStorageError } from './failure.js'
import {
  buildAll,
  expire,
  finishOne,
  giveTime,
  settleKnown,
  throwLost,
  type Build,
  type Finisher,
  type Item,
  type Sent,
  type Tag,
  type Waiting,
  type Wrap,
  type WriteOptions
} from './lane-items.js'
import type { LaneNumber } from './lane-number.js'
import { ATTEMPTS, BEGIN, onConnection, orRollBack } from './run-transaction.js'
import { COMMIT, Session, type Trips } from './transaction.js'

/** How long a patient write waits at most: what a run does next, as a rule its end, comes within that. */
const PATIENCE_MS = 1
/** Writes of one batch at most. */
const MAX_BATCH = 1000
/** The commit does not wait for the disk: that of a later transaction waits for both. */
const UNSYNCED = { sql: "select set_config('synchronous_commit', 'off', true)", values: [] }

export class Lane {
  private readonly queue: Item[] = []
  /** Of each tag the newest write that is not settled. */
  private readonly newest = new Map<Tag, Promise<unknown>>()
  private working: Promise<void> | undefined
  /** Starts the work for patient writes. */
  private timer: NodeJS.Timeout | undefined
  private wrap: Wrap | undefined
  private closed = false
  /** The connection may have broken since: then `findOut` says what became of it. */
  private sent: Sent | undefined

  constructor(
    private readonly connections: Connections,
    private readonly trips: Trips,
    private readonly number: LaneNumber
  ) {}

  /** Makes `call`; its first write is done by `wrap`, within its transaction. */
  around<T>(wrap: Wrap, call: () => Promise<T>): Promise<T> {
    this.wrap = wrap
    try {
      return call()
    } finally {
      this.wrap = undefined
    }
  }

  /** A write that needs nothing of the database to be made. */
  write<T>(tags: readonly Tag[], build: Build<T>, options: WriteOptions = {}): Promise<T> {
    if (this.wrap === undefined) return this.enqueue(tags, { ...options, build, work: undefined })
    return this.transaction(tags, async session => {
      const write = {}
      const batch = new Batch(new Set([write]))
      const finish = build(batch, write)
      const { statements, settle } = batch.close()
      settle(await session.run(statements), this.number.current)
      return finish()
    })
  }

  /** Several steps, all or none. `work` may be called again when another server's transaction stood in the way. */
  transaction<T>(tags: readonly Tag[], work: (session: Session) => Promise<T>): Promise<T> {
    const { wrap } = this
    this.wrap = undefined
    const whole =
      wrap === undefined
        ? work
        : (session: Session) => {
            session.onLast = undefined
            return wrap(session, () => work(session))
          }
    return this.enqueue(tags, { build: undefined, work: whole })
  }

  /** Resolves when the writes about it that were called before are durable, or have failed. */
  async settled(tags: readonly Tag[]): Promise<void> {
    this.hurry()
    for (const tag of tags) {
      const newest = this.newest.get(tag)
      if (newest !== undefined) await newest.catch(() => {})
    }
  }

  isPending(tags: readonly Tag[]): boolean {
    return this.newest.size > 0 && tags.some(tag => this.newest.has(tag))
  }

  async flush(): Promise<void> {
    this.hurry()
    await this.working
  }

  /** Carries out what is there; afterwards every write rejects. */
  async close(): Promise<void> {
    this.closed = true
    this.hurry()
    await this.working
    clearTimeout(this.timer)
  }

  private enqueue<T>(tags: readonly Tag[], item: Waiting): Promise<T> {
    if (this.closed) return Promise.reject(closedError())
    const done = new Promise<T>((resolve, reject) => {
      this.queue.push({
        ...item,
        deadline: this.connections.deadline(),
        patientUntil: item.isPatient === true ? performance.now() + PATIENCE_MS : 0,
        settle(error, result) {
          if (error === undefined) resolve(result as T)
          else reject(toStorageError(error))
        }
      })
    })
    this.note(tags, done)
    if (item.isPatient === true) this.startLater()
    else this.start()
    return done
  }

  /** Nothing that is there is patient any more. */
  private hurry(): void {
    if (this.queue.length === 0) return
    for (const item of this.queue) item.patientUntil = 0
    this.start()
  }

  private startLater(): void {
    if (this.working !== undefined || this.timer !== undefined) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.start()
    }, PATIENCE_MS)
  }

  private note(tags: readonly Tag[], done: Promise<unknown>): void {
    const forget = (): void => {
      for (const tag of tags) if (this.newest.get(tag) === done) this.newest.delete(tag)
    }
    for (const tag of tags) this.newest.set(tag, done)
    done.then(forget, forget)
  }

  private start(): void {
    this.working ??= new Promise<void>(resolve => {
      deferToTickEnd(() => {
        void this.workOff().then(resolve)
      })
    })
  }

  private async workOff(): Promise<void> {
    for (let first = this.queue[0]; first !== undefined; first = this.queue[0]) {
      if (first.work === undefined) {
        await this.gather()
        if (this.countDue() === 0) break
        await this.commit()
      } else await this.transact(first, first.work)
    }
    this.working = undefined
    if (this.queue.length > 0) this.startLater()
  }

  /** Without `given`: what waits, taken once there is a connection, so that as much as possible goes together. */
  private async commit(given?: readonly Item[]): Promise<void> {
    let items = given
    const error = await this.retryUntilDone(
      () => (items === undefined ? this.queue[0] : items[0])?.deadline,
      async (connection, known) => {
        if (items !== undefined && known !== undefined) items = settleKnown(known, items)
        items ??= this.takeWrites()
        const finishers = await this.send(connection, items)
        items = []
        return finishers
      },
      error => {
        if (items === undefined) this.expireWaiting(error)
        else items = expire(items, error)
      }
    )
    if (error === undefined) return
    items ??= this.takeWrites()
    if (items.length > 1 && !isAway(error)) await this.commitEach(items)
    else for (const item of items) item.settle(error)
  }

  /** Whoever hears that one has failed is heard before the next is made: an execution may end in another way then. */
  private async commitEach(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      await this.commit([item])
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  private takeWrites(): Item[] {
    return this.queue.splice(0, this.countDue())
  }

  /** How many of the first make the next batch: of those at the end the patient ones wait. */
  private countDue(): number {
    const end = this.queue.findIndex(({ work }) => work !== undefined)
    if (end !== -1) return Math.min(MAX_BATCH, end)
    let count = Math.min(MAX_BATCH, this.queue.length)
    const now = performance.now()
    while (count > 0 && (this.queue[count - 1]?.patientUntil ?? 0) > now) count--
    return count
  }

  /** Waits a few ticks for more writes: each batch costs the database some ten times what one more write does. */
  private gather(): Promise<void> {
    const ticks = new BatchTicks()
    return new Promise(resolve => {
      const endTick = (): void => {
        if (this.closed || ticks.end(this.queue.length)) resolve()
        else deferToTickEnd(endTick)
      }
      deferToTickEnd(endTick)
    })
  }

  private async send(connection: Connection, items: readonly Item[]): Promise<Finisher[]> {
    const batch = new Batch(new Set(items), connection.endsWhenIdle)
    const finishers = buildAll(items, batch)
    const { statements, settle } = batch.close()
    if (statements.length > 0) {
      const isAcked = items.some(item => item.isAcked !== false)
      const opening = [...this.number.step(), ...(isAcked ? [] : [UNSYNCED])]
      const number = this.number.current
      this.sent = {
        finishers,
        committed: () => {
          settle([], number)
        }
      }
      try {
        const results = await new Session(connection, this.trips, opening).run(statements)
        this.sent = undefined
        this.number.noteCommitted()
        settle(results, number)
      } finally {
        connection.runSoon(batch.afterwards)
      }
    }
    return finishers
  }

  private async transact(item: Item, work: NonNullable<Item['work']>): Promise<void> {
    this.queue.shift()
    let items: readonly Item[] = [item]
    const error = await this.retryUntilDone(
      () => items[0]?.deadline,
      async (connection, known) => {
        if (known?.finishers.some(finisher => finisher.item === item) === true) {
          return known.finishers
        }
        const session = new Session(connection, this.trips, [BEGIN, ...this.number.step()])
        session.onLast = () => {
          this.sent = { finishers: [{ item, finish: throwLost }], committed: () => {} }
        }
        const result = await orRollBack(connection, session, () => work(session))
        const finisher = { item, finish: () => result }
        if (!session.isCommitted) {
          this.sent = { finishers: [finisher], committed: () => {} }
          await session.run([COMMIT])
        }
        this.sent = undefined
        this.number.noteCommitted()
        return [finisher]
      },
      error => {
        items = expire(items, error)
      }
    )
    if (error !== undefined) item.settle(error)
  }

  /**
   * Does `once` on a connection, until it has succeeded, or nobody waits for it any more. Gives the error when it fails
   * for good. `once` gets what was sent before and turned out to be committed, and gives what it has done.
   */
  private async retryUntilDone(
    deadline: () => number | undefined,
    once: (connection: Connection, known: Sent | undefined) => Promise<readonly Finisher[]>,
    onAway: (error: unknown) => void
  ): Promise<unknown> {
    for (let attempt = 1; ;) {
      const until = deadline()
      if (until === undefined) return undefined
      const before = this.sent
      try {
        const done = await onConnection(this.connections, until, async connection =>
          once(connection, await this.findOut(connection))
        )
        // The connection is free again: whoever hears of it may need one.
        done.forEach(finishOne)
        return undefined
      } catch (error) {
        if (isGone(error)) {
          this.number.noteBroken()
          if (this.sent !== before) this.sent?.finishers.forEach(giveTime)
          onAway(error)
          continue
        }
        this.sent = undefined
        if (isDiskFull(error)) this.connections.isFull = true
        const isOff = this.number.isOff(error)
        if (isOff) this.number.noteBroken()
        if (!(isOff || isConflict(error)) || attempt++ === ATTEMPTS) return error
      }
    }
  }

  /** Whether what was sent on a connection that broke has been committed; then it is given. */
  private async findOut(connection: Connection): Promise<Sent | undefined> {
    const isCommitted = await this.number.resume(connection)
    const { sent } = this
    this.sent = undefined
    if (sent === undefined || !isCommitted) return undefined
    sent.committed()
    return sent
  }

  /** Those that have waited the longest are in front. */
  private expireWaiting(error: unknown): void {
    const left = expire(this.queue, error)
    this.queue.splice(0, this.queue.length - left.length)
  }
}
