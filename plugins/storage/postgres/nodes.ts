/** This server among those on the database: its number, and the lease that says that it lives. */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { moonletVersion } from '../../../core/base/version.js'
import type { Database } from './db/database.js'
import type { Statement } from './db/statement.js'

/** For the others it lives so long after it has said so, by the clock of the database. */
const LEASE_MS = 16_000
/** For itself not quite as long, by a clock that nobody sets: what it runs has ended before others take it over. */
const HELD_MS = 11_000
const RENEW_MS = 3_000
/** Parallel counters: two of each server, for what callers wait for and for the work behind it. */
const STRIPES = 16

export class Node {
  private number = 0
  private readonly name = randomBytes(8).toString('hex')
  private timer: NodeJS.Timeout | undefined
  /** What goes with each renewal of the lease. */
  report: () => readonly Statement[] = () => []
  private renewing: Promise<void> | undefined
  /** Of `performance.now()`. */
  private heldUntil = -Infinity
  /** How often the lease has run out. */
  private lapses = 0

  readonly id = (): number => this.number
  readonly stripe = (): number => (this.number % STRIPES) * 2
  readonly backgroundStripe = (): number => this.stripe() + 1

  async register(db: Database): Promise<void> {
    const began = performance.now()
    const row = await db.transaction([], session =>
      session.get<{ id: number }>(
        `insert into nodes (name, host, version, started_at, lease_until)
         values ($1, $2, $3, ${times}) returning id`,
        this.name,
        hostname(),
        moonletVersion
      )
    )
    this.number = row?.id ?? 0
    this.heldUntil = began + HELD_MS
    this.timer = setInterval(() => {
      this.renew(db).catch(() => {})
    }, RENEW_MS).unref()
  }

  /** Others believe this server to live, since a moment ago or from now on. Rejects while the database is away. */
  async ensureHeld(db: Database): Promise<void> {
    if (performance.now() >= this.heldUntil) await this.renew(db)
  }

  /**
   * Gives what tells whether others have believed this server to live ever since. False for ever once they may not
   * have: then it must end what another one may begin.
   */
  hold(): () => boolean {
    const { lapses } = this
    return () => this.lapses === lapses && performance.now() < this.heldUntil
  }

  async leave(db: Database): Promise<void> {
    clearInterval(this.timer)
    await this.renewing?.catch(() => {})
    // Without it, the lease runs out.
    await db
      .background(session =>
        session.run([
          { sql: 'delete from lanes where node = $1', values: [this.number] },
          { sql: 'delete from nodes where id = $1', values: [this.number] }
        ])
      )
      .catch(() => {})
  }

  private renew(db: Database): Promise<void> {
    this.renewing ??= this.renewNow(db).finally(() => {
      this.renewing = undefined
    })
    return this.renewing
  }

  private async renewNow(db: Database): Promise<void> {
    const began = performance.now()
    if (began >= this.heldUntil) this.lapses++
    await db.background(session =>
      // The row may be missing: after a failover, or where somebody has cleaned up.
      session.run([
        {
          sql: `insert into nodes (id, name, host, version, started_at, lease_until) overriding system value
            values ($1, $2, $3, $4, ${times})
            on conflict (id) do update set lease_until = excluded.lease_until`,
          values: [this.number, this.name, hostname(), moonletVersion]
        },
        ...this.report()
      ])
    )
    if (performance.now() >= this.heldUntil && began < this.heldUntil) this.lapses++
    this.heldUntil = began + HELD_MS
  }
}

/** When it started, and when its lease ends: by the clock of the database, the same for all. */
const times = `now_ms() / 1000, now_ms() + ${LEASE_MS}`
