/** Writes of key-value entries: what each calls, and what its answer means. */
import { addTo } from '../../kv/number-values.js'
import type { Batch } from '../db/batch.js'
import type { Database } from '../db/database.js'
import type { Statement } from '../db/statement.js'
import type { Session } from '../db/transaction.js'
import type { SqlRow } from '../db/values.js'
import { missingFunction } from '../functions/owners.js'
import type { Quotas } from '../quotas.js'
import { lockKey } from './key-locks.js'
import { KvBatch, type KeyOf } from './kv-batch.js'
import { kvOwner, nameOf, tagsOf } from './scopes.js'
import { UnsettledValues, type Entry } from './unsettled-values.js'

/** What the functions of the database answer as `status`. */
const MISSING = 1
const NO_ROOM = 2
const NO_ROOM_IN_ALL = 3
const NOT_THERE = 4
/** The server has to do it. */
const NOT_SIMPLE = 5
const byHandOnly = Symbol('by hand')

export interface KvWrite<T> extends KeyOf {
  readonly statement: Statement
  readonly take: (row: SqlRow) => T
  /** What the key has afterwards, whatever it had. */
  readonly entry?: Entry
  /** What the database cannot do alone: within a transaction that holds the key's lock. */
  readonly byHand?: (session: Session) => Promise<T>
}

interface RunOptions {
  readonly also?: (batch: Batch) => void
  /** Its promise says that it is durable. */
  readonly isAcked?: boolean
  /**
   * A value that is stored without anybody waiting for that: if it cannot be, nothing of the batch is done; the writes
   * are done one by one then.
   */
  readonly isUnanswered?: boolean
}

interface Replacement {
  readonly expected: Uint8Array | undefined
  readonly next: Uint8Array | undefined
  /** For an entry that has no expiry. */
  readonly expiresAt: number | undefined
}

interface Parts {
  readonly db: Database
  readonly quotas: Quotas
  readonly nowMs: () => number
}

export class KvWrites {
  private readonly unsettled: UnsettledValues

  constructor(private readonly parts: Parts) {
    this.unsettled = new UnsettledValues(() => parts.db.losses)
  }

  /** What a write stores that is not settled yet; undefined: the database has to be asked. */
  findUnsettled(scope: string, key: Uint8Array): Entry | undefined {
    if (this.unsettled.isEmpty || this.parts.quotas.isNearlyFull(scope)) return undefined
    return this.unsettled.find(nameOf(scope, key))
  }

  put(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt: number | undefined
  ): KvWrite<void> {
    const time = toTime(expiresAt)
    return {
      scope,
      key,
      name: nameOf(scope, key),
      statement: {
        sql: `select * from kv_put(${kvOwner('$1')}, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [scope, key, value, time, ...this.context(), false]
      },
      entry: { value, expiresAt: time },
      take: () => {}
    }
  }

  delete(scope: string, key: Uint8Array): KvWrite<boolean> {
    return {
      scope,
      key,
      name: nameOf(scope, key),
      statement: {
        sql: `select * from kv_delete(${kvOwner('$1')}, $2, $3, $4)`,
        values: [scope, key, ...this.context().slice(0, 2)]
      },
      take: row => row['status'] !== NOT_THERE
    }
  }

  increment(
    scope: string,
    key: Uint8Array,
    by: number,
    expiresAt: number | undefined
  ): KvWrite<number> {
    // Whole numbers the database adds itself.
    const isSimple = Number.isSafeInteger(by)
    return {
      scope,
      key,
      name: nameOf(scope, key),
      statement: {
        sql: `select * from kv_increment(${kvOwner('$1')}, $2, $3, $4, $5, $6, $7, $8)`,
        values: [scope, key, isSimple ? by : null, toTime(expiresAt), ...this.context()]
      },
      take: row => Number(row['total']),
      byHand: session => this.incrementByHand(session, { scope, key, by, expiresAt })
    }
  }

  swap(
    scope: string,
    key: Uint8Array,
    { expected, next, expiresAt }: Replacement
  ): KvWrite<boolean> {
    return {
      scope,
      key,
      name: nameOf(scope, key),
      statement: {
        sql: `select * from kv_swap(${kvOwner('$1')}, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [scope, key, expected ?? null, next ?? null, toTime(expiresAt), ...this.context()]
      },
      take: row => row['status'] !== NOT_THERE
    }
  }

  /** In a batch; `also` adds what becomes durable with it. */
  async run<T>(write: KvWrite<T>, options: RunOptions = {}): Promise<T> {
    const { also, isAcked = true, isUnanswered = false } = options
    const { scope, name, statement, entry, byHand } = write
    const mark = this.unsettled.add(name, entry)
    const build = (batch: Batch) => {
      mark.sent(entry !== undefined && batch.mayHoldLocks)
      also?.(batch)
      const made = isUnanswered ? toStrict(statement) : statement
      const turn = KvBatch.of(batch).write(write, made, entry?.value.length)
      return () => {
        const row = turn.slot.row ?? {}
        if (row['status'] === NOT_SIMPLE) return byHandOnly
        return this.take(write, turn.isReplaced ? { ...row, growth: 0 } : row)
      }
    }
    const { db } = this.parts
    const written = isAcked
      ? db.write<T | typeof byHandOnly>(tagsOf(scope), build)
      : db.writeUnacked<T | typeof byHandOnly>(tagsOf(scope), build, isUnanswered)
    const done = await written.finally(mark.settled)
    if (done !== byHandOnly) return done
    if (byHand === undefined) throw new Error('a write that nobody can do')
    return this.runByHand(write, byHand)
  }

  /** In a transaction of its own, after what `check` finds. */
  transact<T>(write: KvWrite<T>, check: (session: Session) => Promise<void>): Promise<T> {
    const { scope, key, statement } = write
    return this.runByHand(write, async session => {
      await session.run([lockKey(scope, key)])
      await check(session)
      const [result] = await session.run([statement])
      return this.take(write, result?.rows[0] ?? {})
    })
  }

  private runByHand<T>(write: KvWrite<T>, work: (session: Session) => Promise<T>): Promise<T> {
    const { settled } = this.unsettled.add(write.name, undefined)
    return this.parts.db
      .transaction(tagsOf(write.scope), session => {
        settled()
        return work(session)
      })
      .finally(settled)
  }

  private async incrementByHand(
    session: Session,
    asked: { scope: string; key: Uint8Array; by: number; expiresAt: number | undefined }
  ): Promise<number> {
    const { scope, key, by, expiresAt } = asked
    const [, found] = await session.run([
      lockKey(scope, key),
      {
        sql: `select value, expires_at from kv where function = ${kvOwner('$1')} and key = $2
          and (expires_at is null or expires_at > $3)`,
        values: [scope, key, Math.floor(this.parts.nowMs())]
      }
    ])
    const entry = found?.rows[0] as { value: Uint8Array; expires_at: number | null } | undefined
    const { sum, text } = addTo(entry?.value, by)
    const write = this.put(scope, key, Buffer.from(text), entry?.expires_at ?? expiresAt)
    const [result] = await session.run([write.statement])
    this.take(write, result?.rows[0] ?? {})
    return sum
  }

  /** Throws NOT_FOUND or QUOTA_EXCEEDED. */
  private take<T>({ scope, take }: KvWrite<T>, row: SqlRow): T {
    const { quotas } = this.parts
    const { status } = row
    if (status === MISSING) throw missingFunction(scope)
    if (status === NO_ROOM || status === NO_ROOM_IN_ALL) {
      throw quotas.kvError(status === NO_ROOM ? scope : undefined, {
        used: Number(row['used']),
        limit: Number(row['quota']),
        wanted: Number(row['growth'])
      })
    }
    quotas.noteGrowth(scope, 'kv', Number(row['growth'] ?? 0))
    return take(row)
  }

  /** Now, the counter that is added to, and the limits. */
  private context() {
    const { db, quotas, nowMs } = this.parts
    const { kvPerFunction, kv } = quotas.limits
    return [Math.floor(nowMs()), db.stripe(), toLimit(kvPerFunction), toLimit(kv)] as const
  }
}

/** Of a value that is stored: where it cannot be, the statement fails. */
const toStrict = ({ sql, values }: Statement): Statement => ({
  sql,
  values: [...values.slice(0, -1), true]
})
const toLimit = (limit: number): number | null =>
  Number.isFinite(limit) ? Math.floor(limit) : null
const toTime = (time: number | null | undefined): number | null =>
  time === undefined || time === null ? null : Math.round(time)
