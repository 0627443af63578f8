/** Who runs which job: claims, leases, and what becomes of a job after an attempt. */
import type { Claim, ClaimedJob, TakeOver } from '../../../core/contracts/jobs.js'
import type { JobEnd, JobSettlement } from '../../../core/contracts/job-ends.js'
import { chooseJobs, type Share } from './fair-shares.js'
import { toClaimedJob } from './job-calls.js'
import { QUEUED, RUNNING, toStatusNumber, WAITING, type JobRow } from './job-rows.js'
import { ALL_JOBS } from './job-counts.js'
import type { JobParts } from './job-parts.js'
import type { DueJob } from './job-queues.js'

/** Every method must be called within a batch. */
export class JobLeases {
  constructor(private readonly parts: JobParts) {}

  claim(claim: Claim): ClaimedJob[] {
    const { owner, now, leaseUntil, nextExecutionId, limit, places = limit } = claim
    const claimed: number[] = []
    const shares = this.findShares(claim)
    for (const { functionRowId, jobs } of chooseJobs(shares, limit, places)) {
      for (const { seq, status, bytes } of jobs) {
        this.sql.claim.run(now, owner, leaseUntil, nextExecutionId(), seq)
        this.parts.counts.move(functionRowId, status, RUNNING, bytes)
        claimed.push(seq)
      }
      this.parts.queues.update(functionRowId, now)
    }
    return claimed.flatMap(seq => this.read(seq) ?? [])
  }

  takeOver({ owner, now, leaseUntil, limit, isDead }: TakeOver): ClaimedJob[] {
    const lost = this.sql.leased
      .all()
      .filter(
        row => row.leaseOwner !== owner && (row.leaseUntil < now || isDead(row.leaseOwner ?? ''))
      )
      .slice(0, limit)
    for (const { seq } of lost) this.sql.setLease.run(owner, leaseUntil, seq)
    return lost.flatMap(({ seq }) => this.read(seq) ?? [])
  }

  renew(owner: string, leaseUntil: number): void {
    this.sql.renew.run(leaseUntil, owner)
  }

  /** False: the owner does not hold that lease any more. */
  settle({ id, owner, attempts, now, end }: JobSettlement): boolean {
    const row = this.sql.find.get(id)
    if (row?.status !== RUNNING || row.leaseOwner !== owner || row.attempts !== attempts) {
      return false
    }
    const status = this.write(row, end, now)
    this.parts.counts.move(row.function, RUNNING, status, row.bytes)
    if (status === QUEUED || status === WAITING) {
      this.parts.queues.noteDue(row.function, 'dueAt' in end ? end.dueAt : now, now)
    }
    return true
  }

  private get sql() {
    return this.parts.sql
  }

  /** Returns the new status. */
  private write({ seq, attempt }: JobRow, end: JobEnd, now: number): number {
    if (end.status === 'returned') {
      const status = attempt > 1 ? WAITING : QUEUED
      this.sql.giveBack.run(status, end.dueAt, seq)
      return status
    }
    const statusCode = end.statusCode ?? null
    if (end.status === 'waiting') {
      this.sql.wait.run(end.dueAt, statusCode, end.error ?? null, seq)
      return WAITING
    }
    const status = toStatusNumber(end.status)
    const { reason = null, error = null } = end.status === 'dead' ? end : {}
    this.sql.end.run(status, now, statusCode, reason, error, seq)
    return status
  }

  private findShares({ now, limit, skip = [] }: Claim): Share<DueJob>[] {
    const { queues, counts, rowIds } = this.parts
    const skipped = skip.flatMap(id => rowIds.find(id) ?? [])
    const running = counts.of(ALL_JOBS, RUNNING).total
    // Those that run as much as they may are passed over, so that there may be more before the others.
    return queues
      .due(now, skipped, limit + running)
      .map(({ function: functionRowId, maxConcurrency }) => ({
        functionRowId,
        jobs: queues.dueJobs(functionRowId, now, limit),
        running: counts.of(functionRowId, RUNNING).total,
        max: maxConcurrency ?? Infinity
      }))
  }

  private read(seq: number): ClaimedJob | undefined {
    const row = this.sql.findRow.get(seq)
    return row && toClaimedJob(this.parts.secrets, row, this.sql.sealed.get(seq))
  }
}
