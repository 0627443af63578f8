/**
 * Quotas of what functions store. The database keeps the sums and decides about stored values; here is what this server
 * knows of them, to say what is nearly full, to warn, and to see when history has to make room.
 */
import type { StorageLimits } from '../../../core/contracts/storage.js'
import type { MoonletError } from '../../../core/base/errors.js'
import { BackgroundWork } from '../background-work.js'
import type { OwnQuotas } from '../quotas/own-limits.js'
import { QuotaWarnings, type QuotaNotice } from '../quotas/quota-warnings.js'
import { NEARLY_FULL_BYTES, SLACK } from '../quotas/quotas.js'
import { ALL, SHARED, type Stored, type StoredKind } from '../quotas/stored-bytes.js'
import type { Database } from './db/database.js'
import { REMOVE_STEP, removeExecutions, type Removable } from './executions/remover.js'

/** A function's id; numbers stand for the shared store and for everything. */
type Account = string | typeof ALL | typeof SHARED

interface Row {
  readonly account: string | null
  readonly seq: number
  readonly history: number
  readonly kv: number
  readonly ownHistory: number | null
  readonly ownKv: number | null
}
interface Parts {
  readonly db: Database
  readonly limits: StorageLimits
  readonly onNotice: (notice: QuotaNotice) => void
  readonly stripe: () => number
}

const totalsSql = `
select f.id as account, coalesce(f.seq, s.function) as seq, coalesce(s.history, 0)::int8 as history,
  coalesce(s.kv, 0)::int8 as kv, f.history_bytes as "ownHistory", f.kv_bytes as "ownKv"
from (select function, sum(history) as history, sum(kv) as kv from stored_bytes group by function) s
full join (select * from functions where not removed) f on f.seq = s.function
where f.id is not null or s.function < 1`

/** So much growth of one function may go by before the sums are read again. */
const REFRESH_MS = 10_000

export class Quotas {
  readonly limits: StorageLimits
  private totals = new Map<Account, Stored>()
  private own = new Map<Account, OwnQuotas>()
  private readonly warnings: QuotaWarnings<Account>
  private readonly grown = new Set<Account>()
  private timer: NodeJS.Timeout | undefined
  private refreshing: Promise<void> | undefined
  /** A failure leaves the rest to the next write. */
  private readonly removing = new BackgroundWork(() => this.removeExcess())

  constructor(private readonly parts: Parts) {
    this.limits = parts.limits
    this.warnings = new QuotaWarnings<Account>(
      account => (typeof account === 'string' ? account : undefined),
      { of: account => this.own.get(account) },
      parts.onNotice
    )
  }

  /** Reads the sums; to be called before anything else. */
  async start(): Promise<void> {
    await this.refresh()
    this.timer = setInterval(() => {
      void this.refresh().catch(() => {})
    }, REFRESH_MS).unref()
  }

  /** Other limits, or another function's bytes. */
  refresh(): Promise<void> {
    this.refreshing ??= this.readTotals().finally(() => {
      this.refreshing = undefined
    })
    return this.refreshing
  }

  noteGrowth(scope: string, kind: StoredKind, bytes: number): void {
    if (bytes === 0) return
    for (const account of accountsOf(scope)) {
      const stored = this.totals.get(account)
      if (stored === undefined) this.totals.set(account, { history: 0, kv: 0, [kind]: bytes })
      else stored[kind] += bytes
      this.check(account)
    }
  }

  isNearlyFull(scope: string): boolean {
    return accountsOf(scope).some(account => {
      const used = this.totals.get(account)?.kv ?? 0
      return used + NEARLY_FULL_BYTES > this.limitOf(account, 'kv')
    })
  }

  /** `scope` undefined: all stores together. */
  kvError(
    scope: string | undefined,
    exceeded: { readonly used: number; readonly limit: number; readonly wanted: number }
  ): MoonletError {
    void this.refresh().catch(() => {})
    return this.warnings.kvError(scope === undefined ? ALL : toAccount(scope), exceeded)
  }

  /** Resolves when the current step is done. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.removing.stop()
    await this.refreshing?.catch(() => {})
  }

  private async readTotals(): Promise<void> {
    if (this.removing.isStopping) return
    const rows = await this.parts.db.all<Row>([], totalsSql)
    this.totals = new Map()
    this.own = new Map()
    for (const { account: id, seq, history, kv, ownHistory, ownKv } of rows) {
      const account: Account = id ?? (seq === SHARED ? SHARED : ALL)
      this.totals.set(account, { history, kv })
      if (ownHistory !== null || ownKv !== null) {
        this.own.set(account, { history: ownHistory ?? undefined, kv: ownKv ?? undefined })
      }
    }
    for (const account of this.totals.keys()) this.check(account)
  }

  private limitOf(account: Account, kind: StoredKind): number {
    const { limits } = this
    if (account === ALL) return limits[kind]
    const own = this.own.get(account)?.[kind]
    if (own !== undefined) return own
    return kind === 'kv' ? limits.kvPerFunction : limits.historyPerFunction
  }

  private check(account: Account): void {
    const stored = this.totals.get(account)
    if (stored === undefined) return
    for (const kind of ['history', 'kv'] as const) {
      this.warnings.check(account, kind, stored[kind], this.limitOf(account, kind))
    }
    if (stored.history <= this.limitOf(account, 'history')) return
    this.grown.add(account)
    this.removing.start()
  }

  private async removeExcess(): Promise<void> {
    for (const account of this.grown) {
      while (!this.removing.isStopping && (await this.removeSome(account)) > 0);
      this.grown.delete(account)
    }
    await this.refresh()
  }

  /** Returns how many executions were removed; those that still run are left. */
  private removeSome(account: Account): Promise<number> {
    const limit = this.limitOf(account, 'history')
    const { db, stripe } = this.parts
    return db.background(async session => {
      // One server at a time makes room.
      const lock = await session.get<{ mine: boolean }>(
        'select pg_try_advisory_xact_lock(79, 2) as mine'
      )
      if (lock?.mine !== true) return 0
      const of =
        typeof account === 'string' ? '(select seq from functions where id = $1)' : '$1::int8'
      const row = await session.get<{ history: number }>(
        `select coalesce(sum(history), 0)::int8 as history from stored_bytes where function = ${of}`,
        account
      )
      const excess = (row?.history ?? 0) - limit
      if (excess <= 0) return 0
      const found =
        account === ALL
          ? await session.all<Removable>(
              'select id, bytes from executions where status <> 0 order by id limit $1',
              REMOVE_STEP
            )
          : await session.all<Removable>(
              `select id, bytes from executions where function = ${of} and status <> 0 order by id limit $2`,
              account,
              REMOVE_STEP
            )
      return removeExecutions(session, stripe(), found, excess + limit * SLACK)
    })
  }
}

const toAccount = (scope: string): Account => (scope === '' ? SHARED : scope)
const accountsOf = (scope: string): readonly Account[] => [toAccount(scope), ALL]
