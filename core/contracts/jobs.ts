/**
 * Jobs: calls that run later, until they have succeeded or somebody decides. A job is claimed with a lease, run, and
 * settled in the transaction of its execution's record; so it runs at least once, and twice only if its server died
 * between the end of a run and that record. Nothing here depends on the memory of one process: several servers may
 * claim from one database. Times are Unix milliseconds; storage.ts says when a promise settles.
 */
import type { AdmittedCaller } from './front-door.js'
import type { InvocationEvent } from './invocation.js'
import type { DeathReason, JobEnd, JobSettlement } from './job-ends.js'
import type { Page, Paged } from './page.js'

/**
 * queued: waits for its first attempt (or the first since it was redriven); waiting: for another one; dead: it failed
 * for good.
 */
export const jobStatuses = [
  'queued',
  'waiting',
  'running',
  'succeeded',
  'dead',
  'cancelled'
] as const
export type JobStatus = (typeof jobStatuses)[number]

/** For how long a repeated Idempotency-Key gives the same job. */
export const IDEMPOTENCY_MS = 24 * 3_600_000
/** Characters of such a key; longer ones are not names of anything. */
export const MAX_IDEMPOTENCY_KEY = 255

/** What is run. */
export interface JobCall {
  readonly event: InvocationEvent
  /** As whom the front door let the call in; left out: as anybody. */
  readonly caller?: AdmittedCaller | undefined
}

export interface NewJob extends JobCall {
  readonly id: string
  readonly functionId: string
  /** Of its executions: `job`, `cron`, `alert`, or the name of a plugin. */
  readonly trigger: string
  readonly createdAt: number
  readonly dueAt: number
  readonly idempotencyKey?: string | undefined
  /**
   * It is a run by the function's schedule, with the trigger `cron`: none is added while the one before has not
   * finished, and the function remembers when it ran (`lastCronAt` of ScheduledFunction).
   */
  readonly isScheduled?: boolean | undefined
}

export interface AddedJob {
  readonly id: string
  /** False: it is the job that the same key gave before, or the run by the schedule that has not finished. */
  readonly isNew: boolean
}

export interface JobRecord {
  readonly id: string
  readonly functionId: string
  readonly functionName: string
  readonly status: JobStatus
  readonly trigger: string
  readonly createdAt: number
  /** When its first or next attempt may begin. */
  readonly dueAt: number
  /** The number of its newest attempt since it was created or redriven; 0: there was none. */
  readonly attempt: number
  /** Attempts in all. */
  readonly attempts: number
  /** Bytes of its event. */
  readonly bytes: number
  /** The version it was redriven to; undefined: the active one. */
  readonly version: number | undefined
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** The execution of the newest attempt. */
  readonly executionId: string | undefined
  /** What the newest attempt came to. */
  readonly statusCode: number | undefined
  readonly error: string | undefined
  /** Of a dead job. */
  readonly reason: DeathReason | undefined
}

export interface ClaimedJob extends JobRecord {
  /** undefined: it cannot be decrypted. */
  readonly call: JobCall | undefined
  readonly startedAt: number
  readonly executionId: string
}

export interface Claim {
  /** Who will run them: unique for each run of a server. */
  readonly owner: string
  readonly now: number
  readonly leaseUntil: number
  /** How many at most. */
  readonly limit: number
  /** Places that are free, of which one function gets no more than stay free for the others; `limit` unless given. */
  readonly places?: number
  /** Functions that have no room at the moment. */
  readonly skip?: readonly string[]
  /** Gives the ids of the executions. */
  readonly nextExecutionId: () => string
}

/** Takes over what other owners no longer run. */
export interface TakeOver {
  readonly owner: string
  readonly now: number
  readonly leaseUntil: number
  readonly limit: number
  /** Whether an owner is known to be dead, although its lease has not run out. */
  readonly isDead: (owner: string) => boolean
}

export interface JobFilter {
  readonly status?: JobStatus | undefined
  readonly functionId?: string | undefined
}

export interface Redrive {
  readonly now: number
  /** undefined: the version that is active when it runs. */
  readonly version?: number | undefined
}

/** What came of a change of one job: done, or why not. */
export type JobChange = 'done' | 'missing' | JobStatus

export interface JobCount {
  readonly functionId: string
  readonly status: JobStatus
  readonly total: number
  readonly bytes: number
}

export interface DueFunction {
  readonly functionId: string
  /** When its first queued or waiting job is due. */
  readonly dueAt: number
}

/** Bounds of what waits; beyond them `add` rejects with JOBS_FULL. */
export interface JobLimits {
  /** Jobs of one function that are queued or waiting. */
  readonly perFunction: number
  /** Bytes of events of jobs that are queued, waiting or running, in all; one function has half of it. */
  readonly bytes: number
}

export interface JobStore {
  /**
   * Rejects with NOT_FOUND when there is no such function, with JOBS_FULL when it or the store has no room. A key that
   * the function was called with in the last IDEMPOTENCY_MS gives the job of then, and adds none.
   */
  add(job: NewJob): Promise<AddedJob>
  /**
   * Due jobs of enabled functions, marked as running: their functions take turns, the longest without one first; of
   * one function the oldest due first, and at once no more than its `max_concurrency`.
   */
  claim(claim: Claim): Promise<ClaimedJob[]>
  /** Jobs whose lease ran out, or whose owner is dead, for `settle`: their attempt was begun and came to nothing. */
  takeOver(takeOver: TakeOver): Promise<ClaimedJob[]>
  /** Prolongs all leases of the owner. */
  renew(owner: string, leaseUntil: number): Promise<void>
  /** False, changing nothing: the owner does not hold that lease any more. */
  settle(settlement: JobSettlement): Promise<boolean>
  /** When the next job of an enabled function is due after `now`. */
  nextDue(now: number): Promise<number | undefined>
  find(id: string): Promise<JobRecord | undefined>
  /** What it runs; undefined: there is no such job. Rejects with STORAGE_FAILED when it cannot be decrypted. */
  findCall(id: string): Promise<JobCall | undefined>
  /** Strictly newest first. */
  list(page: Page, filter?: JobFilter): Promise<Paged<JobRecord>>
  /** A queued or waiting job is not run any more; a running one goes on, but is not tried again. */
  cancel(id: string, now: number): Promise<JobChange>
  /** A finished job is queued again, with fresh attempts. */
  redrive(id: string, redrive: Redrive): Promise<JobChange>
  /** Every finished job of the filter, dead ones unless it says otherwise, in small steps; returns how many. */
  redriveAll(filter: JobFilter, redrive: Redrive): Promise<number>
  /** A running job stays. */
  remove(id: string): Promise<JobChange>
  /**
   * Deletes finished jobs that ended before `before`, and the oldest succeeded or cancelled ones while finished jobs
   * hold more than the limit of bytes; at most `batch`. Returns how many.
   */
  expire(before: number, batch: number): Promise<number>
  /** Of functions that have jobs. */
  counts(): Promise<JobCount[]>
  /** Enabled functions with jobs that are queued or waiting. */
  due(): Promise<DueFunction[]>
}

/** A call that is to run later, as plugins ask for it. */
export interface Enqueue extends JobCall {
  readonly functionId: string
  /** `job` unless given. */
  readonly trigger?: string
  /** Milliseconds from now; at once unless given. */
  readonly delayMs?: number
  /** Unix milliseconds, in place of `delayMs`. */
  readonly dueAt?: number
  readonly idempotencyKey?: string | undefined
  readonly isScheduled?: boolean | undefined
}

/** How far in the future a job may be due. */
export const MAX_DELAY_MS = 366 * 24 * 3_600_000

/** What plugins/jobs does for others. */
export interface Jobs {
  /**
   * Resolves when the job is durable. Rejects with NOT_FOUND (no such function), JOBS_FULL, or VALIDATION: it would be
   * due too late, or its key is not one.
   */
  enqueue(call: Enqueue): Promise<AddedJob>
  find(id: string): Promise<JobRecord | undefined>
  /** Calls `listener` after each attempt that was settled. Gives a way to end that. */
  onSettled(listener: (settled: SettledJob) => void): () => void
}

export interface SettledJob {
  readonly job: JobRecord
  readonly end: JobEnd
}
