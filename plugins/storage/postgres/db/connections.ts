/**
 * The connections of this server. Whoever needs one gets an idle or a new one, or waits; while the database is away,
 * everybody waits for it for some seconds. Of several servers, the one that takes writes is looked for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseAddress, DatabaseHost } from '../../../../config/database-url.js'
import { Connection } from './connection.js'
import { closedError, isGone, isRefusal, unavailable } from './failure.js'

export interface ConnectionsOptions {
  readonly address: DatabaseAddress
  /** Connections at most. */
  readonly max: number
  /** How long a call waits for the database. */
  readonly waitMs: number
}

interface Waiting {
  take(connection: Connection): void
}

const RETRY_MS = 100

export class Connections {
  private readonly idle: Connection[] = []
  private readonly waiting: Waiting[] = []
  /** Grows with each loss of a connection by which something may be lost. */
  epoch = 0
  /** Something was committed that the database may not have on its disk: no later commit has waited for that. */
  hasUnsynced = false
  private open = 0
  private hostIndex = 0
  private closed = false

  constructor(private readonly options: ConnectionsOptions) {}

  get waitMs(): number {
    return this.options.waitMs
  }

  /**
   * Rejects with DATABASE_UNAVAILABLE when there was none in time; with what the server says, at once, when it refuses
   * us and `isFirst`.
   */
  async acquire(isFirst = false): Promise<Connection> {
    const deadline = performance.now() + this.options.waitMs
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
          throw unavailable(error instanceof Error ? error.message : String(error), error)
        }
      }
      await sleep(RETRY_MS)
    }
  }

  release(connection: Connection): void {
    if (connection.isBroken || this.closed) {
      this.open--
      void connection.close()
      // Who waits for one may have one of its own now.
      if (this.waiting.length > 0 && !this.closed) this.openForWaiting()
      return
    }
    const next = this.waiting.shift()
    if (next === undefined) this.idle.push(connection)
    else next.take(connection)
  }

  /** After an error that says that the server behind it is gone or takes no writes. */
  discard(connection: Connection): void {
    connection.isBroken = true
    this.noteLoss()
    this.hostIndex++
    this.release(connection)
  }

  /** Does `work` on a connection; again, within the time a call waits, when the database went away meanwhile. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.options.waitMs
    for (;;) {
      const connection = await this.acquire()
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

  private noteLoss(): void {
    if (this.hasUnsynced) this.epoch++
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
      if (!one.isBroken) return one
      this.open--
    }
    return undefined
  }

  private async connect(): Promise<Connection> {
    this.open++
    try {
      const connection = await this.openAny()
      connection.onEnd = () => {
        this.noteLoss()
      }
      return connection
    } catch (error) {
      this.open--
      throw error
    }
  }

  /** Walks the servers, beginning with the one that was good last. */
  private async openAny(): Promise<Connection> {
    const { hosts } = this.options.address
    let failure: unknown
    for (let tried = 0; tried < hosts.length; tried++) {
      const index = this.hostIndex % hosts.length
      try {
        const host = hosts[index]
        if (host !== undefined) return await this.openHost(host)
      } catch (error) {
        failure = error
        // Another call may have moved on already.
        if (this.hostIndex % hosts.length === index) this.hostIndex++
      }
    }
    throw failure
  }

  private async openHost(host: DatabaseHost): Promise<Connection> {
    const { address, waitMs } = this.options
    const connection = await Connection.open({
      address,
      host,
      statementTimeoutMs: Math.max(waitMs, 5_000)
    })
    if (!address.needsPrimary) return connection
    const [result] = await connection.run([
      { sql: 'select current_setting(\'transaction_read_only\') as "readOnly"', values: [] }
    ])
    if (result?.rows[0]?.['readOnly'] === 'off') return connection
    await connection.close()
    throw unavailable(`${host.host}:${host.port} takes no writes`)
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
