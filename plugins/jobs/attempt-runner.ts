/** One attempt of a job, from its claim until what came of it is recorded. */
import type { FastifyBaseLogger } from 'fastify'
import { MoonletError } from '../../core/base/errors.js'
import { BackgroundCaller } from '../../core/invoker/background-caller.js'
import type { FrontDoorService } from '../../core/contracts/front-door-service.js'
import type { InvocationRequest } from '../../core/contracts/invocation.js'
import type { Invoker } from '../../core/contracts/invoker.js'
import type { ClaimedJob, JobStore, SettledJob } from '../../core/contracts/jobs.js'
import type { DeathReason, JobSettlement } from '../../core/contracts/job-ends.js'
import type { FunctionWithVersion, VersionStore } from '../../core/contracts/functions.js'
import type { FunctionRecord, VersionRecord } from '../../core/contracts/records.js'
import type { FunctionCache } from '../../core/contracts/server.js'
import type { Clock } from '../../core/cron/clock.js'
import { Attempt, policyOf } from './attempt.js'

/** How long an end that the database does not take is held before it is tried again. */
const SETTLE_AGAIN_MS = 1000

export interface AttemptOptions {
  readonly jobs: Pick<JobStore, 'settle'>
  readonly versions: Pick<VersionStore, 'find'>
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly frontDoor: Pick<FrontDoorService, 'tryTakePlace'>
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  readonly owner: string
  readonly nextRequestId: () => string
}

export interface AttemptEvents {
  /** The function had no place for the job, which went back. */
  readonly onReturned: (functionId: string) => void
  /** The server takes no more work. */
  readonly onStopping: () => void
  readonly onSettled: (settled: SettledJob) => void
  readonly isStopped: () => boolean
  /** Whether its lease holds for certain. */
  readonly isHeld: (job: ClaimedJob) => boolean
}

export class AttemptRunner {
  constructor(
    private readonly options: AttemptOptions,
    private readonly events: AttemptEvents
  ) {}

  /** Settles when what came of it is recorded. */
  async run(job: ClaimedJob): Promise<void> {
    const found = await this.options.functionCache.get(job.functionId)
    // It was removed, and its jobs with it.
    if (found === undefined) return
    const attempt = this.attemptOf(job, found)
    if (job.call === undefined) {
      return this.settle(
        attempt,
        this.toDeath(attempt, 'unreadable', 'its event cannot be decrypted')
      )
    }
    const version = await this.findVersion(job, found)
    if (version === undefined) {
      return this.settle(attempt, this.toDeath(attempt, 'no_version', noVersion(job)))
    }
    const release = await this.tryTakePlace(found.fn)
    if (release === undefined) return this.giveBack(attempt)
    try {
      await this.invoke(attempt, found, version, { ...job.call, release })
    } finally {
      release()
    }
  }

  /** While the servers cannot agree on one there is none. */
  private async tryTakePlace({ id, frontDoor }: FunctionRecord): Promise<(() => void) | undefined> {
    try {
      return await this.options.frontDoor.tryTakePlace(id, frontDoor)
    } catch (error) {
      this.options.log.warn({ err: error, functionId: id }, 'places of a function are not known')
      return undefined
    }
  }

  private attemptOf(job: ClaimedJob, { fn }: FunctionWithVersion): Attempt {
    const { owner, clock } = this.options
    return new Attempt(job, policyOf(fn), owner, clock.now)
  }

  private findVersion(job: ClaimedJob, { active }: FunctionWithVersion) {
    return job.version === undefined
      ? active
      : this.options.versions.find(job.functionId, job.version)
  }

  private async invoke(
    attempt: Attempt,
    { fn }: FunctionWithVersion,
    version: VersionRecord,
    { event, caller, release }: NonNullable<ClaimedJob['call']> & { release: () => void }
  ): Promise<void> {
    const request: InvocationRequest = {
      fn,
      version,
      trigger: attempt.job.trigger,
      event,
      requestId: this.options.nextRequestId(),
      record: true,
      caller: new BackgroundCaller(() => this.events.isHeld(attempt.job), caller),
      job: attempt,
      beforeRecord: release
    }
    try {
      await this.options.invoker.invoke(request)
    } catch (error) {
      return this.handleRejection(attempt, error)
    }
    this.notify(attempt, attempt.settlements?.kept)
  }

  private async handleRejection(attempt: Attempt, error: unknown): Promise<void> {
    const { settlements } = attempt
    const code = error instanceof MoonletError ? error.code : undefined
    if (settlements !== undefined) {
      // Its end is recorded together with that of its execution.
      if (code === 'WRITES_LOST') return this.notify(attempt, settlements.lost)
      // It ran, and its end may be recorded or not.
      return this.settle(attempt, settlements.lost)
    }
    if (code === 'SERVER_STOPPING') this.events.onStopping()
    else if (code !== 'QUEUE_FULL' && code !== 'QUEUE_TIMEOUT') {
      this.options.log.warn({ err: error, jobId: attempt.id }, 'a job found no sandbox')
    }
    return this.giveBack(attempt)
  }

  /** It is tried again in a moment, and this was no attempt. */
  private async giveBack(attempt: Attempt): Promise<void> {
    const { functionId, dueAt } = attempt.job
    this.events.onReturned(functionId)
    await this.settle(attempt, attempt.toSettlement({ status: 'returned', dueAt }))
  }

  private toDeath(attempt: Attempt, reason: DeathReason, error: string): JobSettlement {
    return attempt.toSettlement({ status: 'dead', reason, error })
  }

  /** Until the database takes it; what the server does not live to see is settled at its next start. */
  private async settle(attempt: Attempt, settlement: JobSettlement): Promise<void> {
    const { jobs, log, clock } = this.options
    for (;;) {
      try {
        if (await jobs.settle(settlement)) this.notify(attempt, settlement)
        return
      } catch (error) {
        if (this.events.isStopped()) return
        log.warn({ err: error, jobId: attempt.id }, 'the end of a job could not be recorded yet')
      }
      await new Promise<void>(resolve => {
        clock.after(SETTLE_AGAIN_MS, resolve)
      })
    }
  }

  private notify({ job }: Attempt, settlement: JobSettlement | undefined): void {
    if (settlement === undefined || settlement.end.status === 'returned') return
    this.events.onSettled({ job, end: settlement.end })
  }
}

const noVersion = ({ version }: ClaimedJob): string =>
  version === undefined
    ? 'the function has no active version'
    : `the function has no version ${version} any more`
