/** JobStore on PostgreSQL. */
import {
  IDEMPOTENCY_MS,
  type AddedJob,
  type Claim,
  type ClaimedJob,
  type DueFunction,
  type JobCall,
  type JobChange,
  type JobCount,
  type JobFilter,
  type JobLimits,
  type JobRecord,
  type JobStore,
  type NewJob,
  type Redrive,
  type TakeOver
} from '../../../../core/contracts/jobs.js'
import type { JobSettlement } from '../../../../core/contracts/job-ends.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import {
  hashOf,
  noRoomForFunction,
  noRoomForJobs,
  tooManyWaiting
} from '../../jobs/job-admission.js'
import { openCall, sealCall } from '../../jobs/job-calls.js'
import {
  FIRST_CLAIMED,
  FIRST_FINISHED,
  QUEUED,
  RUNNING,
  toJob,
  toStatus,
  toStatusNumber,
  type JobRow
} from '../../jobs/job-rows.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Batch, Slot } from '../db/batch.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import type { SqlRow, SqlValue } from '../db/values.js'
import { missingFunction } from '../functions/owners.js'
import { takeOverJobs } from './job-claims.js'
import { expireJobs } from './job-expiry.js'
import { jobColumns, listJobs, source } from './job-reads.js'
import { SafeClaims } from './safe-claims.js'

interface Parts {
  readonly db: Database
  readonly secrets: SecretBox
  readonly limits: JobLimits
  readonly backgroundStripe: () => number
}

const TAGS = ['jobs']
const READ_TAGS = ['jobs', 'functions']
const CANCELLED = toStatusNumber('cancelled')
/** Jobs that one step of a large change touches. */
const STEP = 200
/** What job_add answers as `status`. */
const MISSING = 1
const TOO_MANY = 2
const NO_ROOM_FOR_FUNCTION = 3
const NO_ROOM = 6

export class PostgresJobStore implements JobStore {
  private readonly claims: SafeClaims

  constructor(private readonly parts: Parts) {
    this.claims = new SafeClaims(parts.db, parts.secrets)
  }

  add(job: NewJob): Promise<AddedJob> {
    const { db, secrets, limits } = this.parts
    const { id, functionId, trigger, createdAt, dueAt, idempotencyKey, isScheduled = false } = job
    const sealed = sealCall(secrets, id, job)
    const build = (batch: Batch) => {
      const slot = batch.add(
        'select * from job_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
        functionId,
        id,
        trigger,
        Math.floor(createdAt),
        Math.floor(dueAt),
        sealed,
        idempotencyKey === undefined ? null : hashOf(idempotencyKey),
        isScheduled,
        toLimit(limits.perFunction),
        toLimit(limits.bytes),
        IDEMPOTENCY_MS,
        db.stripe()
      )
      return () => toAdded(job, slot.row ?? {})
    }
    return db.write(['jobs', 'functions'], build, { lostAnswer: 'again' })
  }

  claim(claim: Claim): Promise<ClaimedJob[]> {
    return this.claims.claim(claim)
  }

  takeOver(takeOver: TakeOver): Promise<ClaimedJob[]> {
    const { db, secrets } = this.parts
    return db.transaction(TAGS, session => takeOverJobs(session, secrets, takeOver))
  }

  async renew(owner: string, leaseUntil: number): Promise<void> {
    await this.parts.db.change(
      TAGS,
      `update jobs set lease_until = $1 where status = ${RUNNING} and lease_owner = $2`,
      leaseUntil,
      owner
    )
  }

  settle(settlement: JobSettlement): Promise<boolean> {
    const build = (batch: Batch) => {
      const slot = this.addSettlement(batch, settlement)
      return () => slot.row?.['settled'] === true
    }
    return this.parts.db.write(TAGS, build, { lostAnswer: 'again' })
  }

  /** With the record of its execution. */
  addSettlement(batch: Batch, { id, owner, attempts, now, end }: JobSettlement): Slot {
    const status = end.status === 'returned' ? QUEUED : toStatusNumber(end.status)
    const { reason = null } = end.status === 'dead' ? end : {}
    return batch.add(
      'select job_settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as settled',
      id,
      owner,
      attempts,
      Math.floor(now),
      status,
      'dueAt' in end ? Math.floor(end.dueAt) : null,
      ('statusCode' in end ? end.statusCode : undefined) ?? null,
      reason,
      ('error' in end ? end.error : undefined) ?? null,
      this.parts.db.stripe()
    )
  }

  async nextDue(now: number): Promise<number | undefined> {
    const row = await this.parts.db.get<{ due: number }>(
      READ_TAGS,
      `select q.next_due as due from job_queues q join functions f on f.seq = q.function and f.disabled = 0
       where q.next_due > $1 order by q.next_due limit 1`,
      Math.floor(now)
    )
    return row?.due
  }

  async find(id: string): Promise<JobRecord | undefined> {
    const row = await this.parts.db.get<JobRow>(
      READ_TAGS,
      `select ${jobColumns} ${source} where j.id = $1`,
      id
    )
    return row && toJob(row)
  }

  async findCall(id: string): Promise<JobCall | undefined> {
    const row = await this.parts.db.get<{ sealed: Uint8Array }>(
      READ_TAGS,
      `select e.sealed ${source} join job_events e on e.job = j.seq where j.id = $1`,
      id
    )
    return row && openCall(this.parts.secrets, id, row.sealed)
  }

  list(page: Page, filter: JobFilter = {}): Promise<Paged<JobRecord>> {
    return this.parts.db.read(READ_TAGS, session => listJobs(session, page, filter))
  }

  cancel(id: string, now: number): Promise<JobChange> {
    return this.change(id, async (session, row) => {
      if (row.status >= FIRST_FINISHED) return toStatus(row.status)
      await session.run([
        {
          sql: `update jobs set status = $2, finished_at = $3, lease_owner = null, lease_until = null where seq = $1`,
          values: [row.seq, CANCELLED, Math.floor(now)]
        },
        this.toMove(row, CANCELLED),
        ...(row.status < FIRST_CLAIMED ? [leaveQueue(row)] : [])
      ])
      return 'done'
    })
  }

  redrive(id: string, redrive: Redrive): Promise<JobChange> {
    return this.change(id, async (session, row) => {
      if (row.status < FIRST_FINISHED) return toStatus(row.status)
      await session.run(this.toRequeue(row, redrive))
      return 'done'
    })
  }

  async redriveAll({ status = 'dead', functionId }: JobFilter, redrive: Redrive): Promise<number> {
    const number = toStatusNumber(status)
    if (number < FIRST_FINISHED) return 0
    let total = 0
    let after = ''
    for (;;) {
      const rows = await this.parts.db.transaction(READ_TAGS, async session => {
        const found = await session.all<JobRow>(
          `select ${jobColumns} ${source} where j.status = $1 and j.id > $2 and j.finished_at <= $3
             and ($4::text is null or f.id = $4) order by j.id limit ${STEP} for update of j`,
          number,
          after,
          Math.floor(redrive.now),
          functionId ?? null
        )
        if (found.length > 0) await session.run(found.flatMap(row => this.toRequeue(row, redrive)))
        return found
      })
      total += rows.length
      const last = rows.at(-1)
      if (last === undefined) return total
      after = last.id
    }
  }

  remove(id: string): Promise<JobChange> {
    return this.change(id, async (session, row) => {
      if (row.status === RUNNING) return 'running'
      await session.run([
        { sql: 'delete from job_events where job = $1', values: [row.seq] },
        { sql: 'delete from jobs where seq = $1', values: [row.seq] },
        {
          sql: 'select count_jobs($1, $2, $3, -1, $4)',
          values: [row.function, row.status, this.parts.db.stripe(), -row.bytes]
        },
        ...(row.status < FIRST_CLAIMED ? [leaveQueue(row)] : [])
      ])
      return 'done'
    })
  }

  expire(before: number, batch: number): Promise<number> {
    const { db, backgroundStripe, limits } = this.parts
    return db.background(session =>
      expireJobs(session, backgroundStripe(), { before, limit: batch, most: limits.bytes })
    )
  }

  async counts(): Promise<JobCount[]> {
    const rows = await this.parts.db.all<Omit<JobCount, 'status'> & { readonly status: number }>(
      READ_TAGS,
      `select f.id as "functionId", c.status, sum(c.total)::int8 as total, sum(c.bytes)::int8 as bytes
       from job_counts c join functions f on f.seq = c.function and not f.removed
       group by f.seq, f.id, c.status having sum(c.total) <> 0 order by f.seq, c.status`
    )
    return rows.map(({ status, ...row }) => ({ ...row, status: toStatus(status) }))
  }

  due(): Promise<DueFunction[]> {
    return this.parts.db.all<DueFunction>(
      READ_TAGS,
      `select f.id as "functionId", q.next_due as "dueAt"
       from job_queues q join functions f on f.seq = q.function and f.disabled = 0`
    )
  }

  private change(
    id: string,
    work: (session: Session, row: JobRow) => Promise<JobChange>
  ): Promise<JobChange> {
    return this.parts.db.transaction(READ_TAGS, async session => {
      const row = await session.get<JobRow>(
        `select ${jobColumns} ${source} where j.id = $1 for update of j`,
        id
      )
      return row === undefined ? 'missing' : work(session, row)
    })
  }

  private toMove(row: JobRow, to: number) {
    return {
      sql: 'select move_jobs($1, $2, $3, $4, 1, $5)',
      values: [row.function, row.status, to, this.parts.db.stripe(), row.bytes] as SqlValue[]
    }
  }

  private toRequeue(row: JobRow, { now, version }: Redrive) {
    return [
      {
        sql: `update jobs set status = ${QUEUED}, due_at = $2, version = $3, attempt = 0, finished_at = null,
          status_code = null, reason = null, error = null where seq = $1`,
        values: [row.seq, Math.floor(now), version ?? null]
      },
      this.toMove(row, QUEUED),
      {
        sql: 'select job_due($1, $2, $2)',
        values: [row.function, Math.floor(now)]
      }
    ]
  }
}

const leaveQueue = (row: JobRow) => ({
  sql: 'select job_queue_left($1, null)',
  values: [row.function]
})

const toLimit = (limit: number): number | null =>
  Number.isFinite(limit) ? Math.floor(limit) : null

/** Throws NOT_FOUND or JOBS_FULL. */
function toAdded({ id, functionId }: NewJob, { status, earlier, waiting }: SqlRow): AddedJob {
  switch (status) {
    case MISSING:
      throw missingFunction(functionId)
    case TOO_MANY:
      throw tooManyWaiting(Number(waiting))
    case NO_ROOM_FOR_FUNCTION:
      throw noRoomForFunction()
    case NO_ROOM:
      throw noRoomForJobs()
    default:
      // Its own id: it is asked again, since the first answer was lost.
      return typeof earlier === 'string'
        ? { id: earlier, isNew: earlier === id }
        : { id, isNew: true }
  }
}
