/** Jobs as rows. */
import type { DeathReason } from '../../../core/contracts/job-ends.js'
import { jobStatuses, type JobRecord, type JobStatus } from '../../../core/contracts/jobs.js'

export const QUEUED = 0
export const WAITING = 1
export const RUNNING = 2
/** Those before it are queued or waiting: the condition of the index `jobs_due`. */
export const FIRST_CLAIMED = RUNNING
/** It and those behind it are finished. */
export const FIRST_FINISHED = 3

export const toStatusNumber = (status: JobStatus): number => jobStatuses.indexOf(status)
export const toStatus = (status: number): JobStatus => jobStatuses[status] ?? 'dead'

export interface JobRow {
  readonly seq: number
  readonly function: number
  readonly id: string
  readonly functionId: string
  readonly functionName: string
  readonly status: number
  readonly trigger: string
  readonly createdAt: number
  readonly dueAt: number
  readonly attempt: number
  readonly attempts: number
  readonly bytes: number
  readonly version: number | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly executionId: string | null
  readonly statusCode: number | null
  readonly error: string | null
  readonly reason: string | null
  readonly leaseOwner: string | null
}

/** To be read from `jobs j` joined with `functions f`. */
export const jobColumns = `j.seq, j.function, j.id, f.id as functionId, f.name as functionName, j.status, j.trigger,
  j.created_at as createdAt, j.due_at as dueAt, j.attempt, j.attempts, j.bytes, j.version, j.started_at as startedAt,
  j.finished_at as finishedAt, j.execution_id as executionId, j.status_code as statusCode, j.error, j.reason,
  j.lease_owner as leaseOwner`

/** Jobs of a removed function wait for its purge, where nobody sees them. */
export const source = `from jobs j join functions f on f.seq = j.function
  and not exists (select 1 from purges p where p.function = j.function and p.version = 0)`

export const toJob = (row: JobRow): JobRecord => ({
  id: row.id,
  functionId: row.functionId,
  functionName: row.functionName,
  status: toStatus(row.status),
  trigger: row.trigger,
  createdAt: row.createdAt,
  dueAt: row.dueAt,
  attempt: row.attempt,
  attempts: row.attempts,
  bytes: row.bytes,
  version: row.version ?? undefined,
  startedAt: row.startedAt ?? undefined,
  finishedAt: row.finishedAt ?? undefined,
  executionId: row.executionId ?? undefined,
  statusCode: row.statusCode ?? undefined,
  error: row.error ?? undefined,
  reason: (row.reason as DeathReason | null) ?? undefined
})
