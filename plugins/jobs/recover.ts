/**
 * Attempts whose server died: they count, and their job is tried again or dead. An attempt that left no record, as one
 * that had just begun, gets one that says why.
 */
import { storedEvent } from '../../core/invoker/event-json.js'
import type { ClaimedJob, JobStore } from '../../core/contracts/jobs.js'
import type { ExecutionStore } from '../../core/contracts/executions.js'
import type { Fault, FunctionRecord, VersionRecord } from '../../core/contracts/records.js'
import type { FunctionCache } from '../../core/contracts/server.js'
import type { Clock } from '../../core/cron/clock.js'
import { errorText } from '../../core/lua-advice/error-text.js'
import { Attempt, policyOf } from './attempt.js'
import { LEASE_MS } from './held-leases.js'

const AT_ONCE = 100

const interrupted: Fault = {
  kind: 'interrupted',
  message: 'the server ended before this attempt did, so its outcome is not known'
}

export interface RecoveryOptions {
  readonly jobs: Pick<JobStore, 'takeOver' | 'settle'>
  readonly executions: Pick<ExecutionStore, 'find' | 'begin' | 'finish'>
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly clock: Clock
  readonly owner: string
  readonly isDead: (owner: string) => boolean
  /** Bytes that are stored of an event's body. */
  readonly eventLimit: number
}

/** Settles what other owners left behind; returns how many attempts. */
export async function recoverAttempts(options: RecoveryOptions): Promise<number> {
  const { jobs, clock, owner, isDead } = options
  for (let count = 0; ;) {
    const now = clock.now()
    const taken = await jobs.takeOver({
      owner,
      now,
      leaseUntil: now + LEASE_MS,
      limit: AT_ONCE,
      isDead
    })
    if (taken.length === 0) return count
    for (const job of taken) await settleLost(job, options)
    count += taken.length
  }
}

async function settleLost(job: ClaimedJob, options: RecoveryOptions): Promise<void> {
  const { jobs, executions, functionCache, owner, clock, eventLimit } = options
  const found = await functionCache.get(job.functionId)
  if (found === undefined) return
  const attempt = new Attempt(job, policyOf(found.fn), owner, clock.now)
  const errorMessage = errorText(interrupted, '')
  const settlements = attempt.settle({ answer: undefined, fault: interrupted, errorMessage })
  const isRecorded = (await executions.find(job.executionId)) !== undefined
  const { active } = found
  if (isRecorded || active === undefined || job.call === undefined) {
    await jobs.settle(settlements.kept)
    return
  }
  const eventJson = await storedEvent(job.call.event, eventLimit)
  const record = { ...toRecord(job, found.fn, active), eventJson }
  executions.begin(record)
  await executions.finish(
    {
      ...record,
      status: 'error',
      durationMs: 0,
      errorMessage,
      fault: interrupted,
      responseJson: undefined,
      logs: []
    },
    settlements
  )
}

const toRecord = (job: ClaimedJob, fn: FunctionRecord, active: VersionRecord) => ({
  id: job.executionId,
  functionId: fn.id,
  versionId: job.version === undefined ? active.id : `ver_${fn.id}_v${job.version}`,
  trigger: job.trigger,
  createdAt: Math.floor(job.startedAt / 1000),
  jobId: job.id,
  attempt: job.attempt
})
