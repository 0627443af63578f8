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
import type { MaskedRecorder } from '../executions/masked-recorder.js'
import type { ExecutionWriter } from '../executions/writer.js'
import { lockKey } from './key-locks.js'
import { KvWrites, type KvWrite } from './kv-writes.js'
import { kvOwner, readTagsOf } from './scopes.js'
import type { Quotas } from '../quotas.js'

interface Parts {
  readonly db: Database
  readonly quotas: Quotas
  readonly executions: Pick<ExecutionWriter, 'find' | 'addTo' | 'follow'>
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
const alive = (parameter: string): string => `(expires_at is null or expires_at > ${parameter})`

export class PostgresKvStore implements KvStore {
  readonly forExecution: ExecutionKv
  private readonly writes: KvWrites

  constructor(private readonly parts: Parts) {
    this.writes = new KvWrites(parts)
    this.forExecution = {
      set: (id, scope, key, value, expiresAt) =>
        this.runFor(id, this.writes.put(scope, key, value, expiresAt)),
      delete: (id, scope, key) => this.runFor(id, this.writes.delete(scope, key)),
      increment: (id, scope, key, by, expiresAt) =>
        this.runFor(id, this.writes.increment(scope, key, by, expiresAt)),
      compareAndSet: (id, scope, key, expected, next, expiresAt) =>
        this.runFor(id, this.writes.swap(scope, key, { expected, next, expiresAt }))
    }
  }

  async get(scope: string, key: Uint8Array): Promise<Uint8Array | undefined> {
    const [row] = await this.parts.db.inOrder<Row>(
      readTagsOf(scope),
      `select value from kv where function = ${kvOwner('$1')} and key = $2 and ${alive('$3')}`,
      scope,
      key,
      this.now()
    )
    return row?.value
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
    const rows = await this.parts.db.inOrder<Row>(
      readTagsOf(scope),
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
    const rows = await this.parts.db.inOrder<Row>(
      readTagsOf(scope),
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
    const written = this.writes.run(write, also, false)
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
