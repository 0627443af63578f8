/**
 * The order of this server's writes. They are carried out in the order of the calls: plain writes that come together,
 * or while others are on their way, in one batch; transactions of several steps one by one, each with its own
 * round trips. A write resolves once its transaction is committed.
 *
 * What a batch cannot do as a whole is done write by write, so that one that fails fails alone.
 */
import { deferToTickEnd } from '../../../../core/base/tick.js'
import { Batch } from './batch.js'
import type { Connection } from './connection.js'
import type { Connections } from './connections.js'
import { closedError, isAway, isConflict, isGone, toStorageError } from './failure.js'
import { Session, type Trips } from './transaction.js'

/** What a write or a read is about: a read waits for earlier writes about the same. */
export type Tag = string
/** Adds what the write does; gives what returns (or throws) its result once that is durable. May be called again. */
export type Build<T> = (batch: Batch, write: object) => () => T
/** Does the work, and something before and after it, in one transaction. */
export type Wrap = <R>(session: Session, work: () => Promise<R>) => Promise<R>

interface Item {
  readonly build: Build<unknown> | undefined
  readonly work: ((session: Session) => Promise<unknown>) | undefined
  /** Its promise says that it is durable; else a later write of this server does. */
  readonly isAcked: boolean
  readonly settle: (error: unknown, result?: unknown) => void
}

interface Finisher {
  readonly item: Item
  readonly finish: () => unknown
}

/** Writes of one batch at most. */
const MAX_BATCH = 1000
const ATTEMPTS = 4
const BEGIN = { sql: 'begin', values: [] }
const COMMIT = { sql: 'commit', values: [] }
const ROLLBACK = { sql: 'rollback', values: [] }
/** The commit does not wait for the disk: that of a later transaction waits for both. */
const UNSYNCED = { sql: "select set_config('synchronous_commit', 'off', true)", values: [] }

export class Lane {
  private readonly queue: Item[] = []
  /** Of each tag the newest write that is not settled. */
  private readonly newest = new Map<Tag, Promise<unknown>>()
  private working: Promise<void> | undefined
  private wrap: Wrap | undefined
  private closed = false

  constructor(
    private readonly connections: Connections,
    private readonly trips: Trips
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
  write<T>(tags: readonly Tag[], build: Build<T>, isAcked = true): Promise<T> {
    if (this.wrap === undefined) return this.enqueue(tags, { build, work: undefined, isAcked })
    return this.transaction(tags, async session => {
      const write = {}
      const batch = new Batch(new Set([write]))
      const finish = build(batch, write)
      const { statements, settle } = batch.close()
      settle(await session.run(statements))
      return finish()
    })
  }

  /** Several steps, all or none. `work` may be called again when another server's transaction stood in the way. */
  transaction<T>(tags: readonly Tag[], work: (session: Session) => Promise<T>): Promise<T> {
    const { wrap } = this
    this.wrap = undefined
    const whole =
      wrap === undefined ? work : (session: Session) => wrap(session, () => work(session))
    return this.enqueue(tags, { build: undefined, work: whole, isAcked: true })
  }

  /** Resolves when the writes about it that were called before are durable, or have failed. */
  async settled(tags: readonly Tag[]): Promise<void> {
    for (const tag of tags) {
      const newest = this.newest.get(tag)
      if (newest !== undefined) await newest.catch(() => {})
    }
  }

  isPending(tags: readonly Tag[]): boolean {
    return this.newest.size > 0 && tags.some(tag => this.newest.has(tag))
  }

  async flush(): Promise<void> {
    await this.working
  }

  /** Carries out what is there; afterwards every write rejects. */
  async close(): Promise<void> {
    this.closed = true
    await this.working
  }

  private enqueue<T>(tags: readonly Tag[], item: Omit<Item, 'settle'>): Promise<T> {
    if (this.closed) return Promise.reject(closedError())
    const done = new Promise<T>((resolve, reject) => {
      this.queue.push({
        ...item,
        settle(error, result) {
          if (error === undefined) resolve(result as T)
          else reject(toStorageError(error))
        }
      })
    })
    this.note(tags, done)
    this.start()
    return done
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
    while (this.queue.length > 0) {
      const first = this.queue[0]
      if (first?.work !== undefined) await this.transact(this.queue.shift() ?? first)
      else await this.commit(() => this.takeWrites())
    }
    this.working = undefined
  }

  private takeWrites(): Item[] {
    const end = this.queue.findIndex(({ work }) => work !== undefined)
    return this.queue.splice(0, Math.min(MAX_BATCH, end === -1 ? this.queue.length : end))
  }

  /** What is to be written is taken once there is a connection: so it knows of everything that was lost before. */
  private async commit(take: () => readonly Item[]): Promise<void> {
    let items: readonly Item[] | undefined
    let finishers: readonly Finisher[] = []
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          await onConnection(this.connections, async connection => {
            items ??= take()
            const batch = new Batch(new Set(items))
            finishers = buildAll(items, batch)
            await this.send(connection, batch, items)
          })
          break
        } catch (error) {
          if (!isConflict(error) || attempt === ATTEMPTS) throw error
        }
      }
    } catch (error) {
      return this.recover(items ?? take(), error)
    }
    for (const { item, finish } of finishers) {
      try {
        item.settle(undefined, finish())
      } catch (error) {
        item.settle(error)
      }
    }
  }

  private async send(connection: Connection, batch: Batch, items: readonly Item[]): Promise<void> {
    const { statements, settle } = batch.close()
    if (statements.length === 0) return
    const isAcked = items.some(item => item.isAcked)
    if (!isAcked) this.connections.hasUnsynced = true
    const session = new Session(connection, this.trips, isAcked ? [] : [UNSYNCED])
    settle(await session.run(statements))
  }

  private async recover(items: readonly Item[], error: unknown): Promise<void> {
    if (isAway(error) || items.length <= 1) {
      for (const item of items) item.settle(error)
    } else {
      for (const item of items) await this.commit(() => [item])
    }
  }

  private async transact({ work, settle }: Item): Promise<void> {
    try {
      settle(undefined, work && (await runTransaction(this.connections, this.trips, work)))
    } catch (error) {
      settle(error)
    }
  }
}

/** A write that cannot be made at all fails at once. */
function buildAll(items: readonly Item[], batch: Batch): Finisher[] {
  return items.flatMap(item => {
    try {
      return item.build === undefined ? [] : [{ item, finish: item.build(batch, item) }]
    } catch (error) {
      item.settle(error)
      return []
    }
  })
}

/** Does the work in a transaction of its own; again when it met another one. */
export async function runTransaction<T>(
  connections: Connections,
  trips: Trips,
  work: (session: Session) => Promise<T>
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onConnection(connections, async connection => {
        const session = new Session(connection, trips, [BEGIN])
        try {
          const result = await work(session)
          await session.run([COMMIT])
          return result
        } catch (error) {
          if (!connection.isBroken) await session.run([ROLLBACK]).catch(() => {})
          throw error
        }
      })
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error
    }
  }
}

async function onConnection<T>(
  connections: Connections,
  work: (connection: Connection) => Promise<T>
): Promise<T> {
  const connection = await connections.acquire()
  try {
    const result = await work(connection)
    connections.release(connection)
    return result
  } catch (error) {
    if (isGone(error)) connections.discard(connection)
    else connections.release(connection)
    throw error
  }
}
