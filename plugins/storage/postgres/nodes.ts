/** This server among those on the database: its number, and the lease that says that it lives. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { moonletVersion } from '../../../core/base/version.js'
import type { Statement } from './db/connection.js'
import type { Database } from './db/database.js'

const LEASE_MS = 20_000
const RENEW_MS = 5_000
/** Parallel counters: two of each server, for what callers wait for and for the work behind it. */
const STRIPES = 16

export class Node {
  private number = 0
  private timer: NodeJS.Timeout | undefined
  /** What goes with each renewal of the lease. */
  report: () => readonly Statement[] = () => []

  readonly id = (): number => this.number
  readonly stripe = (): number => (this.number % STRIPES) * 2
  readonly backgroundStripe = (): number => this.stripe() + 1

  async register(db: Database): Promise<void> {
    const row = await db.transaction([], session =>
      session.get<{ id: number }>(
        `insert into nodes (name, host, version, started_at, lease_until)
         values ($1, $2, $3, extract(epoch from clock_timestamp())::int8, ${leaseEnd}) returning id`,
        randomBytes(8).toString('hex'),
        hostname(),
        moonletVersion
      )
    )
    this.number = row?.id ?? 0
    this.timer = setInterval(() => {
      db.background(session =>
        session.run([
          {
            sql: `update nodes set lease_until = ${leaseEnd} where id = $1`,
            values: [this.number]
          },
          ...this.report()
        ])
      ).catch(() => {})
    }, RENEW_MS).unref()
  }

  async leave(db: Database): Promise<void> {
    clearInterval(this.timer)
    // Without it, the lease runs out.
    await db
      .background(session => session.change('delete from nodes where id = $1', this.number))
      .catch(() => {})
  }
}

/** By the clock of the database, the same for all. */
const leaseEnd = `(extract(epoch from clock_timestamp()) * 1000)::int8 + ${LEASE_MS}`
