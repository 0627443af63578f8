/** JobStore on SQLite. */
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
  type JobRecord,
  type JobStore,
  type NewJob,
  type Redrive,
  type TakeOver
} from '../../../core/contracts/jobs.js'
import type { JobSettlement } from '../../../core/contracts/job-ends.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { requireRowId } from '../functions/function-row-ids.js'
import { WalSync } from '../db/wal-sync.js'
import { openCall, sealCall } from './job-calls.js'
import { ALL_JOBS } from './job-counts.js'
import { hashOf, noRoomForFunction, noRoomForJobs, tooManyWaiting } from './job-admission.js'
import { createJobExpiry } from './job-expiry.js'
import { JobLeases } from './job-leases.js'
import { JobList } from './job-list.js'
import type { JobParts } from './job-parts.js'
import {
  FIRST_CLAIMED,
  FIRST_FINISHED,
  QUEUED,
  RUNNING,
  toJob,
  toStatus,
  toStatusNumber,
  WAITING,
  type JobRow
} from './job-rows.js'

const CANCELLED = toStatusNumber('cancelled')
/** Jobs that one step of a large change touches. */
const STEP = 200

export class SqliteJobStore implements JobStore {
  readonly leases: JobLeases
  private readonly lists: JobList
  private readonly expireJobs: JobStore['expire']
  private readonly countRows

  private readonly walSync: WalSync | undefined

  /** `waitsForDisk`: a job that is added survives a loss of power. */
  constructor(
    private readonly parts: JobParts,
    waitsForDisk = false
  ) {
    this.walSync = waitsForDisk ? new WalSync(parts.db.name) : undefined
    this.leases = new JobLeases(parts)
    this.lists = new JobList(parts)
    this.expireJobs = createJobExpiry(parts, row => {
      this.delete(row)
    })
    this.countRows = parts.db.prepare<
      [],
      { functionId: string; status: number; total: number; bytes: number }
    >(
      `select f.id as functionId, c.status, c.total, c.bytes
       from job_counts c cross join functions f on f.seq = c.function order by c.function, c.status`
    )
  }

  async add(job: NewJob): Promise<AddedJob> {
    const { secrets, batch } = this.parts
    const sealed = sealCall(secrets, job.id, job)
    const added = await batch.transaction(() => this.insert(job, sealed))
    await this.walSync?.sync()
    return added
  }

  claim(claim: Claim): Promise<ClaimedJob[]> {
    return this.parts.batch.transaction(() => this.leases.claim(claim))
  }

  takeOver(takeOver: TakeOver): Promise<ClaimedJob[]> {
    return this.parts.batch.transaction(() => this.leases.takeOver(takeOver))
  }

  renew(owner: string, leaseUntil: number): Promise<void> {
    return this.parts.batch.write(() => {
      this.leases.renew(owner, leaseUntil)
    })
  }

  settle(settlement: JobSettlement): Promise<boolean> {
    return this.parts.batch.transaction(() => this.leases.settle(settlement))
  }

  nextDue(now: number): Promise<number | undefined> {
    return this.parts.batch.read(() => this.parts.queues.nextDue(now))
  }

  find(id: string): Promise<JobRecord | undefined> {
    return this.parts.batch.read(() => {
      const row = this.parts.sql.find.get(id)
      return row === undefined ? undefined : toJob(row)
    })
  }

  findCall(id: string): Promise<JobCall | undefined> {
    const { batch, sql, secrets } = this.parts
    return batch.read(() => {
      const sealed = sql.findSealed.get(id)
      return sealed === undefined ? undefined : openCall(secrets, id, sealed)
    })
  }

  list(page: Page, filter: JobFilter = {}): Promise<Paged<JobRecord>> {
    return this.parts.batch.read(() => this.lists.read(page, filter))
  }

  cancel(id: string, now: number): Promise<JobChange> {
    return this.change(id, row => {
      if (row.status >= FIRST_FINISHED) return toStatus(row.status)
      this.parts.sql.cancel.run(CANCELLED, now, row.seq)
      this.parts.counts.move(row.function, row.status, CANCELLED, row.bytes)
      if (row.status < FIRST_CLAIMED) this.parts.queues.update(row.function)
      return 'done'
    })
  }

  redrive(id: string, redrive: Redrive): Promise<JobChange> {
    return this.change(id, row => {
      if (row.status < FIRST_FINISHED) return toStatus(row.status)
      this.requeue(row, redrive)
      return 'done'
    })
  }

  async redriveAll(filter: JobFilter, redrive: Redrive): Promise<number> {
    const status = toStatusNumber(filter.status ?? 'dead')
    if (status < FIRST_FINISHED) return 0
    let total = 0
    let after = ''
    for (;;) {
      const rows = await this.redriveStep({ filter, status, after, redrive })
      total += rows.length
      const last = rows.at(-1)
      if (last === undefined) return total
      after = last.id
    }
  }

  remove(id: string): Promise<JobChange> {
    return this.change(id, row => {
      if (row.status === RUNNING) return 'running'
      this.delete(row)
      if (row.status < FIRST_CLAIMED) this.parts.queues.update(row.function)
      return 'done'
    })
  }

  expire(before: number, batch: number): Promise<number> {
    return this.expireJobs(before, batch)
  }

  counts(): Promise<JobCount[]> {
    // Changes that are collected must be in the table first.
    return this.parts.batch.write(() => {
      this.parts.counts.write()
      return this.countRows
        .all()
        .map(({ status, ...row }) => ({ ...row, status: toStatus(status) }))
    })
  }

  due(): Promise<DueFunction[]> {
    return this.parts.batch.read(() => this.parts.queues.all())
  }

  /** To be called before the database is closed. */
  async close(): Promise<void> {
    await this.walSync?.close()
  }

  private insert(job: NewJob, sealed: Uint8Array): AddedJob {
    const { rowIds, sql, counts, queues } = this.parts
    const { id, trigger, createdAt, dueAt, idempotencyKey, isScheduled = false } = job
    const functionRowId = requireRowId(rowIds, job.functionId)
    const keyHash = idempotencyKey === undefined ? null : hashOf(idempotencyKey)
    const earlier = keyHash && this.findEarlier(functionRowId, keyHash, createdAt)
    if (earlier) return { id: earlier, isNew: false }
    const unfinished = isScheduled ? sql.unfinishedRun.get(functionRowId) : undefined
    if (unfinished !== undefined) return { id: unfinished, isNew: false }
    this.checkRoom(functionRowId, sealed.length)
    const { lastInsertRowid } = sql.insert.run(
      id,
      functionRowId,
      trigger,
      createdAt,
      dueAt,
      sealed.length,
      keyHash
    )
    sql.insertEvent.run(lastInsertRowid, sealed)
    if (isScheduled) sql.noteCronRun.run(Math.floor(createdAt / 1000), functionRowId)
    counts.add(functionRowId, QUEUED, 1, sealed.length)
    queues.noteDue(functionRowId, dueAt, createdAt)
    return { id, isNew: true }
  }

  /** The job that the key gave before; a key whose time is over is taken from its job. */
  private findEarlier(functionRowId: number, keyHash: Uint8Array, now: number): string | undefined {
    const { sql } = this.parts
    const found = sql.ofKey.get(functionRowId, keyHash)
    if (found === undefined) return undefined
    // Also when the clock was set back since.
    if (now - found.createdAt < IDEMPOTENCY_MS) return found.id
    sql.forgetKey.run(found.seq)
    return undefined
  }

  private checkRoom(functionRowId: number, bytes: number): void {
    const { limits, counts } = this.parts
    const waiting = counts.sum(functionRowId, [QUEUED, WAITING])
    if (waiting.total >= limits.perFunction) throw tooManyWaiting(waiting.total)
    const open = [QUEUED, WAITING, RUNNING]
    if (counts.sum(functionRowId, open).bytes + bytes > limits.bytes / 2) throw noRoomForFunction()
    if (counts.sum(ALL_JOBS, open).bytes + bytes > limits.bytes) throw noRoomForJobs()
  }

  private change(id: string, work: (row: JobRow) => JobChange): Promise<JobChange> {
    return this.parts.batch.transaction(() => {
      const row = this.parts.sql.find.get(id)
      return row === undefined ? 'missing' : work(row)
    })
  }

  private redriveStep({
    filter: { functionId },
    status,
    after,
    redrive
  }: {
    readonly filter: JobFilter
    readonly status: number
    readonly after: string
    readonly redrive: Redrive
  }): Promise<JobRow[]> {
    const { batch, sql, rowIds } = this.parts
    return batch.slice(() => {
      const rows =
        functionId === undefined
          ? sql.finishedAfter.all(status, after, redrive.now, STEP)
          : sql.finishedOfAfter.all(rowIds.find(functionId) ?? -1, status, after, redrive.now, STEP)
      for (const row of rows) this.requeue(row, redrive)
      return rows
    })
  }

  private requeue(row: JobRow, { now, version }: Redrive): void {
    const { sql, counts, queues } = this.parts
    sql.redrive.run(now, version ?? null, row.seq)
    counts.move(row.function, row.status, QUEUED, row.bytes)
    queues.noteDue(row.function, now, now)
  }

  private delete({ seq, function: functionRowId, status, bytes }: JobRow): void {
    const { sql, counts } = this.parts
    sql.removeEvent.run(seq)
    sql.remove.run(seq)
    counts.add(functionRowId, status, -1, -bytes)
  }
}
