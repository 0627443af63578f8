/**
 * Runs jobs that are due, at most `limit` side by side.
 *
 * It sleeps until the next job is due, at most a second, so that a clock that is set is noticed; while no job is queued
 * or waiting it does not wake at all: whoever adds one wakes it. What it claims it holds by a lease that is renewed
 * while anything runs. A job that finds no place (the queue is full, `max_concurrency` is used up by calls) goes back
 * and has had no attempt.
 */
import type { FastifyBaseLogger } from 'fastify'
import { MoonletError } from '../../core/base/errors.js'
import { tellAll } from '../../core/base/tell-all.js'
import type { FrontDoorService } from '../../core/contracts/front-door-service.js'
import type { InvocationRequest } from '../../core/contracts/invocation.js'
import type { Invoker } from '../../core/contracts/invoker.js'
import type { ClaimedJob, JobStore, SettledJob } from '../../core/contracts/jobs.js'
import type { DeathReason, JobSettlement } from '../../core/contracts/job-ends.js'
import type { FunctionWithVersion, VersionStore } from '../../core/contracts/functions.js'
import type { VersionRecord } from '../../core/contracts/records.js'
import type { FunctionCache } from '../../core/contracts/server.js'
import type { Clock } from '../../core/cron/clock.js'
import { Attempt, JobCaller, policyOf } from './attempt.js'
import { WINDOW_MS, type JobPace } from './pace.js'

export const LEASE_MS = 30_000
const RENEW_MS = 10_000
/** The longest sleep while a job waits, and how long what found no place is left alone. */
const LOOK_MS = 1000
/** So much may a timer be early by the clock, which counts whole milliseconds. */
const EARLY_MS = 2
/** How long places that become free are gathered while others run. */
const GATHER_MS = 3
/** How long an end that the database does not take is held before it is tried again. */
const SETTLE_AGAIN_MS = 1000

export interface RunnerOptions {
  readonly jobs: JobStore
  readonly versions: Pick<VersionStore, 'find'>
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly frontDoor: Pick<FrontDoorService, 'findPlace'>
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  readonly owner: string
  readonly nextId: () => string
  readonly nextRequestId: () => string
  /** Jobs at once. */
  readonly limit: number
  readonly pace: Pick<JobPace, 'allowance' | 'noteBegun'>
}

export class JobRunner {
  private readonly listeners = new Set<(settled: SettledJob) => void>()
  /** Functions that had no place for a job, and until when they are left alone. */
  private readonly full = new Map<string, number>()
  private active = 0
  private isLooking = false
  private looksAgain = false
  private isStopped = true
  private isWaking = false
  private sleepsUntil = Infinity
  private cancelTimer = (): void => {}
  private cancelRenewal: (() => void) | undefined

  constructor(private readonly options: RunnerOptions) {}

  start(): void {
    this.isStopped = false
    this.wake()
  }

  /** Claims nothing more; what runs ends with the invoker. */
  stop(): void {
    this.isStopped = true
    this.endSleep()
  }

  /** Something may be due, or have room. */
  wake(): void {
    if (this.isStopped) return
    if (this.isLooking) {
      this.looksAgain = true
      return
    }
    void this.look()
  }

  /** A place is free: those that become free in the same moment are given away in one claim. */
  private wakeSoon(): void {
    if (this.active === 0) return this.wake()
    if (this.isWaking || this.isStopped) return
    this.isWaking = true
    this.options.clock.after(GATHER_MS, () => {
      this.isWaking = false
      this.wake()
    })
  }

  /** A job was added: wakes when it is due. */
  noteDue(dueAt: number): void {
    if (dueAt <= this.options.clock.now()) this.wake()
    else this.sleep(dueAt)
  }

  onSettled(listener: (settled: SettledJob) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  private async look(): Promise<void> {
    this.isLooking = true
    this.endSleep()
    try {
      let isPaced: boolean
      do {
        this.looksAgain = false
        isPaced = await this.claimAll()
      } while (this.looksAgain && !this.isStopped)
      await this.sleepUntilDue(isPaced)
    } catch (error) {
      this.options.log.error(
        { err: error },
        'jobs could not be claimed; the next try is in a second'
      )
      this.sleep(this.options.clock.now() + LOOK_MS)
    } finally {
      this.isLooking = false
      if (this.looksAgain) this.wake()
    }
  }

  /** True: there were places, but calls have their turn. */
  private async claimAll(): Promise<boolean> {
    const { jobs, clock, owner, nextId, pace } = this.options
    for (let free = this.countFree(); free > 0 && !this.isStopped; free = this.countFree()) {
      const now = clock.now()
      const claimed = await jobs.claim({
        owner,
        now,
        leaseUntil: now + LEASE_MS,
        limit: free,
        places: this.options.limit - this.active,
        skip: this.fullFunctions(now),
        nextExecutionId: nextId
      })
      if (claimed.length === 0) return false
      pace.noteBegun(claimed.length)
      for (const job of claimed) this.begin(job)
    }
    return this.active < this.options.limit
  }

  private countFree(): number {
    const { limit, pace } = this.options
    return Math.min(limit - this.active, pace.allowance())
  }

  /** Without room it sleeps until a run ends. */
  private async sleepUntilDue(isPaced = false): Promise<void> {
    if (this.active >= this.options.limit) return
    const due = await this.options.jobs.nextDue(0)
    if (due === undefined) return
    const now = this.options.clock.now()
    if (due > now) return this.sleep(due)
    // What is due and was not claimed waits for calls, or has no room.
    this.sleep(now + (isPaced ? WINDOW_MS : LOOK_MS))
  }

  /** Until then, unless it wakes before. */
  private sleep(until: number): void {
    if (this.isStopped || until >= this.sleepsUntil) return
    const { clock } = this.options
    this.endSleep()
    this.sleepsUntil = until
    const ms = Math.min(Math.max(0, until - clock.now()), LOOK_MS)
    this.cancelTimer = clock.after(ms, () => {
      this.sleepsUntil = Infinity
      if (clock.now() >= until - EARLY_MS) this.wake()
      else void this.lookAtClock()
    })
  }

  private endSleep(): void {
    this.cancelTimer()
    this.sleepsUntil = Infinity
  }

  /** The time that was slept until may have changed: something else is due before, or the clock was set. */
  private async lookAtClock(): Promise<void> {
    try {
      await this.sleepUntilDue()
    } catch {
      this.wake()
    }
  }

  private fullFunctions(now: number): string[] {
    for (const [functionId, until] of this.full) {
      // A clock that was set back leaves nobody out for long.
      if (until <= now || until > now + LOOK_MS) this.full.delete(functionId)
    }
    return [...this.full.keys()]
  }

  private begin(job: ClaimedJob): void {
    this.active++
    this.cancelRenewal ??= this.renewLater()
    void this.run(job)
      .catch((error: unknown) => {
        this.options.log.error({ err: error, jobId: job.id }, 'a job could not be run')
      })
      .finally(() => {
        this.active--
        if (this.active === 0) {
          this.cancelRenewal?.()
          this.cancelRenewal = undefined
        }
        this.wakeSoon()
      })
  }

  private renewLater(): () => void {
    const { jobs, clock, owner, log } = this.options
    return clock.after(RENEW_MS, () => {
      this.cancelRenewal = this.active > 0 ? this.renewLater() : undefined
      jobs.renew(owner, clock.now() + LEASE_MS).catch((error: unknown) => {
        log.warn({ err: error }, 'the leases of running jobs could not be renewed')
      })
    })
  }

  private async run(job: ClaimedJob): Promise<void> {
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
    const release = this.options.frontDoor.findPlace(found.fn.id, found.fn.frontDoor)
    if (release === undefined) return this.giveBack(attempt)
    try {
      await this.invoke(attempt, found, version, job.call)
    } finally {
      release()
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
    { event, caller }: NonNullable<ClaimedJob['call']>
  ): Promise<void> {
    const request: InvocationRequest = {
      fn,
      version,
      trigger: attempt.job.trigger,
      event,
      requestId: this.options.nextRequestId(),
      record: true,
      caller: new JobCaller(caller),
      job: attempt
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
    if (settlements !== undefined) {
      // It ran, and its end may be recorded or not.
      return this.settle(attempt, settlements.lost)
    }
    const code = error instanceof MoonletError ? error.code : undefined
    if (code === 'SERVER_STOPPING') this.stop()
    else if (code !== 'QUEUE_FULL' && code !== 'QUEUE_TIMEOUT') {
      this.options.log.warn({ err: error, jobId: attempt.id }, 'a job found no sandbox')
    }
    return this.giveBack(attempt)
  }

  /** It is tried again in a moment, and this was no attempt. */
  private async giveBack(attempt: Attempt): Promise<void> {
    const { functionId, dueAt } = attempt.job
    this.full.set(functionId, this.options.clock.now() + LOOK_MS)
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
        if (this.isStopped) return
        log.warn({ err: error, jobId: attempt.id }, 'the end of a job could not be recorded yet')
      }
      await new Promise<void>(resolve => {
        clock.after(SETTLE_AGAIN_MS, resolve)
      })
    }
  }

  private notify({ job }: Attempt, settlement: JobSettlement | undefined): void {
    if (settlement === undefined || settlement.end.status === 'returned') return
    tellAll(this.listeners, { job, end: settlement.end })
  }
}

const noVersion = ({ version }: ClaimedJob): string =>
  version === undefined
    ? 'the function has no active version'
    : `the function has no version ${version} any more`
