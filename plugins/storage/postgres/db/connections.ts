/**
 * The connections of this server. Whoever needs one gets an idle or a new one, or waits; while the database is away,
 * everybody waits for it for some seconds. Of several servers, the one that takes writes is looked for. When one
 * connection was lost, those that were opened before it are not trusted any more: they lead to the same server.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseAddress, DatabaseHost } from '../../../../config/database-url.js'
import { Connection } from './connection.js'
import { messageOf } from './error-text.js'
import { closedError, isGone, isRefusal, NoServer, TakesNoWrites, unavailable } from './failure.js'

export interface ConnectionsOptions {
  readonly address: DatabaseAddress
  /** Connections at most. */
  readonly max: number
  /** How long a call waits for the database. */
  readonly waitMs: number
  /** Longest time of one statement; as long as a call waits, or 5 seconds, if not given. */
  readonly statementTimeoutMs?: number
}

interface Waiting {
  take(connection: Connection): void
}

const RETRY_MS = 100

export class Connections {
  /** The disk of the database was full when something was written last that needed room. */
  isFull = false
  /** Why there is none: of the last try to open one; undefined when that went well. */
  away: unknown
  /** What each new connection must pass. */
  check: (connection: Connection) => Promise<void> = () => Promise.resolve()
  private readonly idle: Connection[] = []
  private readonly waiting: Waiting[] = []
  /** Those that are in use. */
  private readonly used = new Set<Connection>()
  private open = 0
  private generation = 0
  private hostIndex = 0
  private closed = false

  constructor(private readonly options: ConnectionsOptions) {}

  get waitMs(): number {
    return this.options.waitMs
  }

  /** When a call that comes now has waited for long enough; of `performance.now()`. */
  deadline(): number {
    return performance.now() + this.options.waitMs
  }

  /**
   * Rejects with DATABASE_UNAVAILABLE when there was none until the deadline; with what the server says, at once, when
   * it refuses us and `isFirst`.
   */
  async acquire(deadline = this.deadline(), isFirst = false): Promise<Connection> {
    for (;;) {
      if (this.closed) throw closedError()
      const idle = this.takeIdle()
      if (idle !== undefined) return idle
      if (this.open >= this.options.max) return this.waitForOne(deadline)
      try {
        return await this.connect()
      } catch (error) {
        if (isFirst && isRefusal(error)) throw error
        if (performance.now() + RETRY_MS > deadline) {
          throw unavailable(messageOf(error), error)
        }
      }
      await sleep(RETRY_MS)
    }
  }

  release(connection: Connection): void {
    if (connection.isBroken || this.closed || connection.generation !== this.generation) {
      this.used.delete(connection)
      this.open--
      void connection.close()
      // Who waits for one may have one of its own now.
      if (this.waiting.length > 0 && !this.closed) this.openForWaiting()
      return
    }
    const next = this.waiting.shift()
    if (next === undefined) {
      this.used.delete(connection)
      this.idle.push(connection)
    } else next.take(connection)
  }

  /** After an error that says that the server behind it is gone or takes no writes. */
  discard(connection: Connection): void {
    connection.isBroken = true
    if (connection.generation === this.generation) this.distrust()
    this.release(connection)
  }

  /** The server does not answer: what is under way on its connections rejects, and new ones are opened. */
  dropAll(): void {
    this.distrust()
    for (const connection of this.used) connection.destroy()
  }

  /** Does `work` on a connection; again, within the time a call waits, when the database went away meanwhile. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const deadline = this.deadline()
    for (;;) {
      const connection = await this.acquire(deadline)
      try {
        const result = await work(connection)
        this.release(connection)
        return result
      } catch (error) {
        if (!isGone(error)) {
          this.release(connection)
          throw error
        }
        this.discard(connection)
        if (performance.now() > deadline) throw error
      }
    }
  }

  /** One that belongs to no pool; it is closed by whoever asked for it. */
  openOwn(): Promise<Connection> {
    return this.openAny()
  }

  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.idle.splice(0).map(connection => connection.close()))
  }

  private distrust(): void {
    this.generation++
    this.hostIndex++
    const idle = this.idle.splice(0)
    this.open -= idle.length
    for (const connection of idle) void connection.close()
  }

  private openForWaiting(): void {
    this.acquire().then(
      connection => {
        this.release(connection)
      },
      () => {}
    )
  }

  private takeIdle(): Connection | undefined {
    for (let one = this.idle.pop(); one !== undefined; one = this.idle.pop()) {
      if (!one.isBroken) {
        this.used.add(one)
        return one
      }
      this.open--
    }
    return undefined
  }

  private async connect(): Promise<Connection> {
    this.open++
    try {
      const connection = await this.openAny()
      this.used.add(connection)
      return connection
    } catch (error) {
      this.open--
      throw error
    }
  }

  /** Walks the servers, beginning with the one that was good last. */
  private async openAny(): Promise<Connection> {
    const { hosts } = this.options.address
    const { generation } = this
    const failures: Array<{ host: DatabaseHost; error: unknown }> = []
    for (let tried = 0; tried < hosts.length; tried++) {
      const index = this.hostIndex % hosts.length
      const host = hosts[index]
      if (host === undefined) break
      try {
        const connection = await this.openHost(host)
        connection.generation = generation
        this.away = undefined
        return connection
      } catch (error) {
        failures.push({ host, error })
        // Another call may have moved on already.
        if (this.hostIndex % hosts.length === index) this.hostIndex++
      }
    }
    this.away = hosts.length === 1 ? failures[0]?.error : new NoServer(failures)
    throw this.away
  }

  private async openHost(host: DatabaseHost): Promise<Connection> {
    const { address, waitMs, statementTimeoutMs = Math.max(waitMs, 5_000) } = this.options
    const connection = await Connection.open({
      address,
      host,
      statementTimeoutMs
    })
    try {
      if (address.needsPrimary) await this.refuseReplica(connection)
      await this.check(connection)
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  private async refuseReplica(connection: Connection): Promise<void> {
    const [result] = await connection.run([
      { sql: 'select current_setting(\'transaction_read_only\') as "readOnly"', values: [] }
    ])
    if (result?.rows[0]?.['readOnly'] !== 'off') throw new TakesNoWrites()
  }

  private waitForOne(deadline: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        take(connection) {
          clearTimeout(timer)
          resolve(connection)
        }
      }
      const timer = setTimeout(
        () => {
          this.waiting.splice(this.waiting.indexOf(waiting), 1)
          reject(unavailable('all its connections are in use (DATABASE_POOL)'))
        },
        Math.max(0, deadline - performance.now())
      )
      this.waiting.push(waiting)
    })
  }
}
