/**
 * Runs jobs that are due, at most `limit` side by side.
 *
 * It sleeps until the next job is due, at most a second, so that a clock that is set is noticed; while no job is queued
 * or waiting it does not wake at all: whoever adds one wakes it. What it claims it holds by a lease that is renewed
 * while anything runs. A job that finds no place (the queue is full, `max_concurrency` is used up by calls) goes back
 * and has had no attempt.
 */
import type { FastifyBaseLogger } from 'fastify'
import { tellAll } from '../../core/base/tell-all.js'
import type { ClaimedJob, JobStore, SettledJob } from '../../core/contracts/jobs.js'
import { AttemptRunner, type AttemptOptions } from './attempt-runner.js'
import { HeldLeases, LEASE_MS } from './held-leases.js'
import { WINDOW_MS, type JobPace } from './pace.js'

const RENEW_MS = 5_000
/** The longest sleep while a job waits, and how long what found no place is left alone. */
const LOOK_MS = 1000
/** So much may a timer be early by the clock, which counts whole milliseconds. */
const EARLY_MS = 2
/** How long places that become free are gathered while others run. */
const GATHER_MS = 3

export interface RunnerOptions extends AttemptOptions {
  readonly jobs: JobStore
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  readonly nextId: () => string
  /** Jobs at once. */
  readonly limit: number
  readonly pace: Pick<JobPace, 'allowance' | 'noteBegun'>
  /** Other servers take over what this one holds no more. */
  readonly isShared?: boolean
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
  private readonly attempts: AttemptRunner
  private readonly held = new HeldLeases()

  constructor(private readonly options: RunnerOptions) {
    const { clock } = options
    this.attempts = new AttemptRunner(options, {
      onReturned: functionId => {
        this.full.set(functionId, clock.now() + LOOK_MS)
      },
      onStopping: () => {
        this.stop()
      },
      onSettled: settled => {
        tellAll(this.listeners, settled)
      },
      isStopped: () => this.isStopped,
      isHeld: this.held.isHeld
    })
  }

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
      const began = performance.now()
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
      for (const job of claimed) this.begin(job, began)
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

  private begin(job: ClaimedJob, began: number): void {
    this.active++
    if (this.options.isShared === true) this.held.add(job, began)
    this.cancelRenewal ??= this.renewLater()
    void this.attempts
      .run(job)
      .catch((error: unknown) => {
        this.options.log.error({ err: error, jobId: job.id }, 'a job could not be run')
      })
      .finally(() => {
        this.active--
        this.held.remove(job)
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
      const noteRenewed = this.held.renew()
      jobs.renew(owner, clock.now() + LEASE_MS).then(noteRenewed, (error: unknown) => {
        log.warn({ err: error }, 'the leases of running jobs could not be renewed')
      })
    })
  }
}
