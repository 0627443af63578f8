/** The database, as the stores use it. */
import { Connections, type ConnectionsOptions } from './connections.js'
import { toStorageError } from './failure.js'
import { Lane, runTransaction, type Build, type Tag, type Wrap } from './lane.js'
import { Session, type Trips } from './transaction.js'
import type { SqlRow, SqlValue } from './values.js'

export class Database {
  readonly connections: Connections
  readonly trips: Trips = { count: 0 }
  private readonly lane: Lane

  constructor(
    options: ConnectionsOptions,
    /** Which of the parallel counters this server adds to. */
    readonly stripe: () => number
  ) {
    this.connections = new Connections(options)
    this.lane = new Lane(this.connections, this.trips)
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
   * Reads with one statement in the order of the writes, so that it sees those before it and none behind it: while one
   * of them waits, it goes with them.
   */
  async inOrder<Row>(
    tags: readonly Tag[],
    sql: string,
    ...values: SqlValue[]
  ): Promise<readonly Row[]> {
    if (!this.lane.isPending(tags)) return this.all<Row>(tags, sql, ...values)
    const build: Build<Row[]> = batch => {
      const slot = batch.add(sql, ...values)
      return () => slot.result.rows as Row[]
    }
    return this.lane.write(tags, build, false)
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

  write<T>(tags: readonly Tag[], build: Build<T>): Promise<T> {
    return this.lane.write(tags, build)
  }

  /**
   * A write whose promise does not say that it is durable: the next `write` or `transaction` says it of both. What was
   * written in another `epoch` than the present one may be lost.
   */
  writeUnacked<T>(tags: readonly Tag[], build: Build<T>): Promise<T> {
    return this.lane.write(tags, build, false)
  }

  /** A commit has waited for the disk: everything before it is there. */
  noteSynced(): void {
    this.connections.hasUnsynced = false
  }

  /** Grows with each loss of a connection by which the database may have lost what was not on its disk. */
  get epoch(): number {
    return this.connections.epoch
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
