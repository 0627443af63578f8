/**
 * What is removed is gone for every reader at once; its rows leave the tables afterwards, in small transactions beside
 * the others. An unfinished purge is resumed at the next start of any server.
 */
import { BackgroundWork } from '../../background-work.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import { REMOVE_STEP, removeExecutions, type Removable } from '../executions/remover.js'

interface Purge {
  readonly function: number
  /** 0: the whole function. */
  readonly version: number
}

const JOBS_STEP = 200
const ENTRIES_STEP = 500

export class Purges {
  /** A failure leaves the rest to the next removal or start; readers see none of it. */
  private readonly work = new BackgroundWork(() => this.purgeAll())

  constructor(
    private readonly db: Database,
    private readonly stripe: () => number
  ) {}

  /** Within the transaction of the removal; `start` after it. With version 0 the whole function. */
  async add(session: Session, seq: number, version: number): Promise<void> {
    await session.run([
      {
        sql: 'insert into purges (function, version) values ($1, $2) on conflict do nothing',
        values: [seq, version]
      },
      {
        sql: 'delete from execution_counts where function = $1 and ($2 = 0 or version = $2)',
        values: [seq, version]
      },
      ...(version === 0 ? hideJobs(seq, this.db.stripe()) : [])
    ])
  }

  start(): void {
    this.work.start()
  }

  /** Resolves when the current step is done; the rest waits for the next start. */
  stop(): Promise<void> {
    return this.work.stop()
  }

  private async purgeAll(): Promise<void> {
    while (!this.work.isStopping) {
      const next = await this.db.get<Purge>(
        ['functions'],
        'select function, version from purges limit 1'
      )
      if (next === undefined) return
      const isDone = await (next.version === 0
        ? this.purgeFunction(next.function)
        : this.purgeExecutions(next))
      if (isDone) await this.finish(next)
    }
  }

  private async purgeFunction(seq: number): Promise<boolean> {
    return (
      (await this.repeat(session => removeJobs(session, seq))) &&
      (await this.purgeExecutions({ function: seq, version: 0 })) &&
      (await this.repeat(session => removeEntries(session, seq, this.stripe())))
    )
  }

  private purgeExecutions({ function: seq, version }: Purge): Promise<boolean> {
    return this.repeat(async session => {
      const found = await session.all<Removable>(
        'select id, bytes from executions where function = $1 and ($2 = 0 or version = $2) limit $3',
        seq,
        version,
        REMOVE_STEP
      )
      return removeExecutions(session, this.stripe(), found)
    })
  }

  /** Until a step finds nothing. False: stopped before that. */
  private async repeat(step: (session: Session) => Promise<number>): Promise<boolean> {
    while (!this.work.isStopping) {
      if ((await this.db.background(step)) === 0) return true
    }
    return false
  }

  private finish({ function: seq, version }: Purge): Promise<void> {
    return this.db.background(async session => {
      await session.change(
        'delete from execution_counts where function = $1 and ($2 = 0 or version = $2)',
        seq,
        version
      )
      if (version === 0) {
        const rest = await session.get<{ history: number; kv: number }>(
          `select coalesce(sum(history), 0) as history, coalesce(sum(kv), 0) as kv
           from stored_bytes where function = $1`,
          seq
        )
        await session.run([
          {
            sql: 'select add_stored($1, $2, $3, $4)',
            values: [seq, this.stripe(), -(rest?.history ?? 0), -(rest?.kv ?? 0)]
          },
          ...deleteFunction.map(sql => ({ sql, values: [seq] }))
        ])
      }
      await session.change('delete from purges where function = $1 and version = $2', seq, version)
    })
  }
}

const deleteFunction = [
  'delete from stored_bytes where function = $1',
  'delete from env where function = $1',
  'delete from env_history where function = $1',
  'delete from access_keys where function = $1',
  'delete from job_queues where function = $1',
  'delete from job_counts where function = $1',
  'delete from versions where function = $1',
  'delete from functions where seq = $1'
]

/** Nobody sees or claims them any more: all functions together have them no longer either. */
const hideJobs = (seq: number, stripe: number) => [
  {
    sql: `insert into job_counts (function, status, stripe, total, bytes)
      select 0, status, $2::int, -sum(total), -sum(bytes) from job_counts where function = $1 group by status
      on conflict (function, status, stripe) do update
        set total = job_counts.total + excluded.total, bytes = job_counts.bytes + excluded.bytes`,
    values: [seq, stripe]
  },
  { sql: 'delete from job_counts where function = $1', values: [seq] },
  { sql: 'delete from job_queues where function = $1', values: [seq] }
]

async function removeJobs(session: Session, seq: number): Promise<number> {
  return session.change(
    `with gone as (
       delete from jobs where seq in (select seq from jobs where function = $1 limit ${JOBS_STEP}) returning seq
     ), events as (delete from job_events where job in (select seq from gone))
     select seq from gone`,
    seq
  )
}

async function removeEntries(session: Session, seq: number, stripe: number): Promise<number> {
  const row = await session.get<{ count: number }>(
    `with due as (select key from kv where function = $1 limit ${ENTRIES_STEP}),
     gone as (
       delete from kv using due where kv.function = $1 and kv.key = due.key
       returning octet_length(kv.key) + octet_length(kv.value) + 40 as bytes
     ), total as (select count(*) as count, coalesce(sum(bytes), 0)::int8 as bytes from gone)
     select count, add_stored($1, $2::int, 0, -bytes) from total`,
    seq,
    stripe
  )
  return row?.count ?? 0
}
