/** The database, as the stores use it. */
import { Connections, type ConnectionsOptions } from './connections.js'
import { toStorageError } from './failure.js'
import { LaneNumber } from './lane-number.js'
import type { Build, Tag, Wrap, WriteOptions } from './lane-items.js'
import { Lane } from './lane.js'
import { runTransaction } from './run-transaction.js'
import { Session, type Trips } from './transaction.js'
import type { SqlRow, SqlValue } from './values.js'

/** This server among those on the database. */
export interface ServerNumbers {
  /** 0 until it has one. */
  readonly id: () => number
  readonly stripe: () => number
}

export class Database {
  readonly connections: Connections
  readonly trips: Trips = { count: 0 }
  private readonly lane: Lane
  private readonly number: LaneNumber
  /** Which of the parallel counters this server adds to. */
  readonly stripe: () => number

  constructor(options: ConnectionsOptions, { id, stripe }: ServerNumbers) {
    this.stripe = stripe
    this.connections = new Connections(options)
    this.number = new LaneNumber(id)
    this.lane = new Lane(this.connections, this.trips, this.number)
  }

  /** Reads; sees every earlier write of this server about one of the tags. */
  async read<T>(tags: readonly Tag[], work: (session: Session) => Promise<T>): Promise<T> {
    try {
      if (this.lane.isPending(tags)) await this.lane.settled(tags)
      return await this.connections.read(connection => work(new Session(connection, this.trips)))
    } catch (error) {
      throw toStorageError(error)
    }
  }

  /**
   * Reads in the order of the writes, in the batch of those that wait: it sees them, and none behind it. `build` adds
   * the statements; they may be done again.
   */
  readInBatch<T>(tags: readonly Tag[], build: Build<T>): Promise<T> {
    return this.lane.write(tags, build, { isAcked: false, lostAnswer: 'again' })
  }

  /** Whether a write about one of them is not settled. */
  isPending(tags: readonly Tag[]): boolean {
    return this.lane.isPending(tags)
  }

  all<Row = SqlRow>(tags: readonly Tag[], sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return this.read(tags, session => session.all<Row>(sql, ...values))
  }

  get<Row = SqlRow>(
    tags: readonly Tag[],
    sql: string,
    ...values: SqlValue[]
  ): Promise<Row | undefined> {
    return this.read(tags, session => session.get<Row>(sql, ...values))
  }

  write<T>(tags: readonly Tag[], build: Build<T>, options?: WriteOptions): Promise<T> {
    return this.lane.write(tags, build, options)
  }

  /**
   * A write whose promise does not say that it is durable: the next `write` or `transaction` says it of both. Its batch
   * gets the number with which `isLost` tells whether it still is in the database. With `isPatient` nobody waits for
   * it, and it may wait a moment for that write.
   */
  writeUnacked<T>(tags: readonly Tag[], build: Build<T>, isPatient = false): Promise<T> {
    return this.lane.write(tags, build, {
      isAcked: false,
      isPatient,
      ...(isPatient ? { lostAnswer: 'none' } : {})
    })
  }

  /** How often a connection was lost on which writes may have been under way. */
  get losses(): number {
    return this.number.connectionsLost
  }

  /** Whether the database has lost what was committed with that number. */
  isLost(number: number): boolean {
    return this.number.isLost(number)
  }

  /** One statement; returns how many rows it changed. */
  change(tags: readonly Tag[], sql: string, ...values: SqlValue[]): Promise<number> {
    return this.lane.write(tags, batch => {
      const slot = batch.add(sql, ...values)
      return () => slot.count
    })
  }

  transaction<T>(tags: readonly Tag[], work: (session: Session) => Promise<T>): Promise<T> {
    return this.lane.transaction(tags, work)
  }

  /** A transaction beside the lane: work in the background, which nobody's order depends on. */
  async background<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await runTransaction(this.connections, this.trips, work)
    } catch (error) {
      throw toStorageError(error)
    }
  }

  around<T>(wrap: Wrap, call: () => Promise<T>): Promise<T> {
    return this.lane.around(wrap, call)
  }

  /** Resolves when every earlier write is durable or has failed. */
  flush(): Promise<void> {
    return this.lane.flush()
  }

  async close(): Promise<void> {
    await this.lane.close()
    await this.connections.close()
  }
}
