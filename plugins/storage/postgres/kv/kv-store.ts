/** KvStore on PostgreSQL: each write is a call of a function of the database (migrations/postgres/0003-values.sql). */
import type { MaybePromise } from '../../../../core/base/maybe-promise.js'
import type {
  ExecutionKv,
  KvEntry,
  KvStore,
  MayChangeEntry
} from '../../../../core/contracts/kv.js'
import { changedMeanwhile } from '../../functions/refusals.js'
import { rangeOf } from '../../kv/key-ranges.js'
import type { Batch } from '../db/batch.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import type { SqlValue } from '../db/values.js'
import type { MaskedRecorder } from '../executions/masked-recorder.js'
import type { ExecutionWriter } from '../executions/writer.js'
import { lockKey } from './key-locks.js'
import { KvWrites, type KvWrite } from './kv-writes.js'
import { KvBatch } from './kv-batch.js'
import { kvOwner, nameOf, readTagsOf } from './scopes.js'
import type { Quotas } from '../quotas.js'

interface Parts {
  readonly db: Database
  readonly quotas: Quotas
  readonly executions: Pick<ExecutionWriter, 'find' | 'addTo' | 'follow' | 'answerFor'>
  readonly recorder: Pick<MaskedRecorder, 'whenBegun'>
  readonly nowMs: () => number
  readonly backgroundStripe: () => number
}

type ListQuery = Parameters<KvStore['list']>[1]
type KeysQuery = Parameters<KvStore['keys']>[1]
interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly expiresAt: number | null
}

const NO_BYTES = new Uint8Array()
const EXPIRE_STEP = 500
const MAX_UNANSWERED_BYTES = 4 * 1024 ** 2
/** What a value takes while it waits, beside itself. */
const ENTRY_BYTES = 500
const alive = (parameter: string): string => `(expires_at is null or expires_at > ${parameter})`
const getSql = `select value from kv where function = ${kvOwner('$1')} and key = $2 and ${alive('$3')}`
/** A read sees that a function was made or removed. */
const FUNCTIONS = ['functions']

export class PostgresKvStore implements KvStore {
  readonly forExecution: ExecutionKv
  private readonly writes: KvWrites
  /** Of values that are being stored without anybody waiting for that. */
  private unansweredBytes = 0

  constructor(private readonly parts: Parts) {
    this.writes = new KvWrites(parts)
    this.forExecution = {
      set: (id, scope, key, value, expiresAt) =>
        this.putFor(id, this.writes.put(scope, key, value, expiresAt)),
      delete: (id, scope, key) => this.runFor(id, this.writes.delete(scope, key)),
      increment: (id, scope, key, by, expiresAt) =>
        this.runFor(id, this.writes.increment(scope, key, by, expiresAt)),
      compareAndSet: (id, scope, key, expected, next, expiresAt) =>
        this.runFor(id, this.writes.swap(scope, key, { expected, next, expiresAt }))
    }
  }

  get(scope: string, key: Uint8Array): MaybePromise<Uint8Array | undefined> {
    const unsettled = this.writes.findUnsettled(scope, key)
    if (unsettled === undefined || this.parts.db.isPending(FUNCTIONS)) return this.read(scope, key)
    const { value, expiresAt } = unsettled
    return expiresAt === null || expiresAt > this.now() ? value : undefined
  }

  set(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number,
    mayChange?: MayChangeEntry
  ): Promise<void> {
    const write = this.writes.put(scope, key, value, expiresAt)
    if (mayChange === undefined) return this.writes.run(write)
    return this.writes.transact(write, async session => {
      if (!mayChange(await this.findEntry(session, scope, key))) throw changedMeanwhile()
    })
  }

  delete(scope: string, key: Uint8Array, mayChange?: MayChangeEntry): Promise<boolean> {
    const write = this.writes.delete(scope, key)
    if (mayChange === undefined) return this.writes.run(write)
    return this.writes.transact(write, async session => {
      const entry = await this.findEntry(session, scope, key)
      if (entry !== undefined && !mayChange(entry)) throw changedMeanwhile()
    })
  }

  increment(scope: string, key: Uint8Array, by: number, expiresAt?: number): Promise<number> {
    return this.writes.run(this.writes.increment(scope, key, by, expiresAt))
  }

  compareAndSet(
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined,
    expiresAt?: number
  ): Promise<boolean> {
    return this.writes.run(this.writes.swap(scope, key, { expected, next, expiresAt }))
  }

  isNearlyFull(scope: string): boolean {
    return this.parts.quotas.isNearlyFull(scope)
  }

  /** The database itself stops where `maxBytes` are reached. */
  async list(scope: string, { prefix, after, limit, maxBytes }: ListQuery): Promise<KvEntry[]> {
    const { first, end } = rangeOf(prefix, after)
    const rows = await this.readMany(
      scope,
      `select key, value, expires_at as "expiresAt" from (
         select key, value, expires_at, sum(octet_length(key) + octet_length(value))
           over (order by key rows between unbounded preceding and 1 preceding) as before
         from (
           select key, value, expires_at from kv
           where function = ${kvOwner('$1')} and key >= $2 and ($3::bytea is null or key < $3) and ${alive('$4')}
           order by key limit $5
         ) page
       ) sized where before is null or before < $6 order by key`,
      scope,
      first,
      end ?? null,
      this.now(),
      limit,
      Math.min(maxBytes, Number.MAX_SAFE_INTEGER)
    )
    return rows.map(toEntry)
  }

  async keys(scope: string, { prefix = NO_BYTES, after, limit }: KeysQuery): Promise<Uint8Array[]> {
    const { first, end } = rangeOf(prefix, after)
    const rows = await this.readMany(
      scope,
      `select key from kv
       where function = ${kvOwner('$1')} and key >= $2 and ($3::bytea is null or key < $3) and ${alive('$4')}
       order by key limit $5`,
      scope,
      first,
      end ?? null,
      this.now(),
      limit
    )
    return rows.map(({ key }) => key)
  }

  async expire(nowMs: number, limit: number): Promise<number> {
    const { db, backgroundStripe } = this.parts
    let removed = 0
    for (let step = 1; step > 0 && removed < limit; removed += step) {
      const row = await db.background(session =>
        session.get<{ count: number }>(
          'select kv_expire($1, $2, $3) as count',
          Math.floor(nowMs),
          Math.min(EXPIRE_STEP, limit - removed),
          backgroundStripe()
        )
      )
      step = row?.count ?? 0
    }
    return removed
  }

  /** Behind the writes of this server that were called before. */
  private async read(scope: string, key: Uint8Array): Promise<Uint8Array | undefined> {
    const { db } = this.parts
    const tags = readTagsOf(scope)
    const statement = { sql: getSql, values: [scope, key, this.now()] }
    if (!db.isPending(tags)) return (await db.get<Row>(tags, getSql, ...statement.values))?.value
    return db.readInBatch(tags, batch => {
      const slot = KvBatch.of(batch).read({ scope, key, name: nameOf(scope, key) }, statement)
      return () => (slot.row as Row | undefined)?.value
    })
  }

  private async readMany(scope: string, sql: string, ...values: SqlValue[]): Promise<Row[]> {
    const { db } = this.parts
    const tags = readTagsOf(scope)
    if (!db.isPending(tags)) return db.all<Row>(tags, sql, ...values)
    return db.readInBatch(tags, batch => {
      const slot = KvBatch.of(batch).readMany({ sql, values })
      return () => slot.result.rows as unknown as Row[]
    })
  }

  private putFor(executionId: string, write: KvWrite<void>): MaybePromise<void> {
    const begun = this.parts.recorder.whenBegun(executionId)
    return begun === undefined
      ? this.putNow(executionId, write)
      : begun.then(() => this.putNow(executionId, write))
  }

  /** Without an answer, unless there may be no room for it, or for more that waits. */
  private putNow(executionId: string, write: KvWrite<void>): MaybePromise<void> {
    const { executions, quotas } = this.parts
    const running = executions.find(executionId)
    if (
      running === undefined ||
      this.unansweredBytes > MAX_UNANSWERED_BYTES ||
      quotas.isNearlyFull(write.scope)
    ) {
      return this.runNow(executionId, write)
    }
    const bytes = ENTRY_BYTES + (write.entry?.value.length ?? 0)
    this.unansweredBytes += bytes
    const also = (batch: Batch): void => {
      executions.addTo(batch, running)
    }
    const written = this.writes.run(write, { also, isAcked: false, isUnanswered: true })
    executions.answerFor(running, written)
    const settled = (): void => {
      this.unansweredBytes -= bytes
    }
    written.then(settled, () => {
      settled()
      // Mostly there was no room, which was not known here.
      quotas.refresh().catch(() => {})
    })
  }

  private runFor<T>(executionId: string, write: KvWrite<T>): MaybePromise<T> {
    const begun = this.parts.recorder.whenBegun(executionId)
    return begun === undefined
      ? this.runNow(executionId, write)
      : begun.then(() => this.runNow(executionId, write))
  }

  private runNow<T>(executionId: string, write: KvWrite<T>): Promise<T> {
    const { executions } = this.parts
    const running = executions.find(executionId)
    if (running === undefined) return this.writes.run(write)
    // The end of the execution answers for it.
    const also = (batch: Batch): void => {
      executions.addTo(batch, running)
    }
    const written = this.writes.run(write, { also, isAcked: false })
    executions.follow(running, written)
    return written
  }

  private async findEntry(
    session: Session,
    scope: string,
    key: Uint8Array
  ): Promise<KvEntry | undefined> {
    const [, found] = await session.run([
      lockKey(scope, key),
      {
        sql: `select key, value, expires_at as "expiresAt" from kv
          where function = ${kvOwner('$1')} and key = $2 and ${alive('$3')}`,
        values: [scope, key, this.now()]
      }
    ])
    const row = found?.rows[0] as unknown as Row | undefined
    return row && toEntry(row)
  }

  private now(): number {
    return Math.floor(this.parts.nowMs())
  }
}

const toEntry = ({ key, value, expiresAt }: Row): KvEntry => ({
  key,
  value,
  expiresAt: expiresAt ?? undefined
})
