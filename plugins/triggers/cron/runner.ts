/**
 * Runs what is due, at most `limit` side by side: more could not run anyway, and would fill the queue that HTTP callers
 * wait in. A full queue is tried again until the deadline of what is due; then the history says so. One function has at
 * most one scheduled execution at a time: a minute that finds it waiting or running is skipped, and the history says
 * that too.
 */
import type { FastifyBaseLogger } from 'fastify'
import { MoonletError } from '../../../core/base/errors.js'
import { BackgroundCaller } from '../../../core/invoker/background-caller.js'
import type { Invoker } from '../../../core/contracts/invoker.js'
import type { Jobs } from '../../../core/contracts/jobs.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import type { Clock } from '../../../core/cron/clock.js'
import { toCronEvent } from './event.js'
import type { FailureRecorder } from './record-failure.js'
import { wantedSchedule } from './timetable.js'

const RETRY_MS = 500
const noRoom: ReadonlySet<string> = new Set(['QUEUE_FULL', 'QUEUE_TIMEOUT', 'JOBS_FULL'])

export interface DueRun {
  readonly functionId: string
  /** When it was due, Unix seconds. */
  readonly scheduled: number
  /** Until when it may begin, Unix milliseconds. */
  readonly deadline: number
  /** False: another server may run it now. Left out: none ever does. */
  readonly isHeld?: () => boolean
}

export interface RunnerOptions {
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly jobs: Pick<Jobs, 'enqueue' | 'find'>
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly recordFailure: FailureRecorder
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  readonly requestId: () => string
  readonly limit: number
}

type Target = Parameters<FailureRecorder>[0]

/** A function that is to run by its schedule, and the event it is given. */
interface DueCall {
  readonly target: Target
  readonly event: InvocationEvent
}

export class Runner {
  private readonly waiting: DueRun[] = []
  /** When each function was due that waits or runs. */
  private readonly pending = new Map<string, number>()
  private readonly stopping = new AbortController()
  private active = 0

  constructor(private readonly options: RunnerOptions) {}

  run(due: DueRun): void {
    if (this.stopping.signal.aborted) return
    const earlier = this.pending.get(due.functionId)
    if (earlier !== undefined) {
      void this.skip(due, earlier).catch((error: unknown) => {
        this.logFailure(due, error, 'a skipped run could not be recorded')
      })
      return
    }
    this.pending.set(due.functionId, due.scheduled)
    this.waiting.push(due)
    this.pump()
  }

  /** Tells the history of runs that were due while no server ran; `due` is the first. */
  async recordMissed(due: Pick<DueRun, 'functionId' | 'scheduled'>): Promise<void> {
    const call = await this.prepare(due)
    if (call === undefined) return
    const { recordFailure, clock } = this.options
    const message =
      `Missed: no server was running, or its clock was set, from ${iso(due.scheduled)}, when it was due, ` +
      `until ${iso(Math.floor(clock.now() / 1000))}. With cron_catch_up it would run once now.`
    await recordFailure(call.target, call.event, 'skipped', message)
  }

  /** Begins nothing more; what waits is dropped. Executions under way end with the invoker. */
  stop(): void {
    this.stopping.abort()
    this.waiting.length = 0
  }

  private pump(): void {
    while (this.active < this.options.limit && !this.stopping.signal.aborted) {
      const due = this.waiting.shift()
      if (due === undefined) return
      this.active++
      void this.attempt(due)
        .catch((error: unknown) => {
          this.logFailure(due, error, 'a scheduled run failed')
        })
        .finally(() => {
          this.active--
          this.pending.delete(due.functionId)
          this.pump()
        })
    }
  }

  private async attempt(due: DueRun): Promise<void> {
    const { clock, recordFailure } = this.options
    while (!this.stopping.signal.aborted && due.isHeld?.() !== false) {
      const call = await this.prepare(due)
      if (call === undefined) return
      if (clock.now() >= due.deadline) {
        const message =
          `Not run: no sandbox was free in time for ${iso(due.scheduled)}. ` +
          'Raise SANDBOX_MAX or QUEUE_LIMIT, or spread the schedules.'
        return recordFailure(call.target, call.event, 'refused', message)
      }
      if (await this.begin(due, call)) return
      await new Promise<void>(resolve => {
        clock.after(RETRY_MS, resolve)
      })
    }
  }

  /** Undefined when the function is no longer to run by a schedule. */
  private async prepare({
    functionId,
    scheduled
  }: Pick<DueRun, 'functionId' | 'scheduled'>): Promise<DueCall | undefined> {
    const found = await this.options.functionCache.get(functionId)
    const schedule = found === undefined ? undefined : wantedSchedule(found.fn)
    if (found?.active === undefined || schedule === undefined) return undefined
    const { fn, active } = found
    return { target: { fn, active }, event: toCronEvent(fn, schedule, scheduled) }
  }

  /** False when there is no room for it now. A function that has its jobs tried again runs as a job. */
  private async begin(due: DueRun, call: DueCall): Promise<boolean> {
    try {
      if (call.target.fn.frontDoor?.retry === undefined) await this.invoke(due, call)
      else await this.enqueue(due, call)
      return true
    } catch (error) {
      if (!(error instanceof MoonletError)) throw error
      // Or it is not ours any more.
      if (error.code === 'SERVER_STOPPING' || error.code === 'CALLER_GONE') return true
      if (!noRoom.has(error.code)) throw error
      return false
    }
  }

  private async invoke({ isHeld }: DueRun, { target, event }: DueCall): Promise<void> {
    const { invoker, requestId } = this.options
    await invoker.invoke({
      fn: target.fn,
      version: target.active,
      trigger: 'cron',
      event,
      requestId: requestId(),
      record: true,
      caller: isHeld && new BackgroundCaller(isHeld)
    })
  }

  private async enqueue(due: DueRun, call: DueCall): Promise<void> {
    const { jobs } = this.options
    const { functionId } = due
    const asked = { functionId, event: call.event, trigger: 'cron', isScheduled: true }
    const { id, isNew } = await jobs.enqueue(asked)
    if (isNew) return
    const earlier = await jobs.find(id)
    await this.recordSkip(due, call, Math.floor((earlier?.createdAt ?? 0) / 1000))
  }

  private async skip(due: DueRun, earlier: number): Promise<void> {
    const call = await this.prepare(due)
    if (call !== undefined) await this.recordSkip(due, call, earlier)
  }

  private async recordSkip(due: DueRun, call: DueCall, earlier: number): Promise<void> {
    const { log, recordFailure } = this.options
    log.warn(
      { functionId: due.functionId },
      'a scheduled run was skipped: the one before was still going'
    )
    const message =
      `Skipped: the run that was due at ${iso(earlier)} ` +
      `was still going at ${iso(due.scheduled)}.`
    await recordFailure(call.target, call.event, 'skipped', message)
  }

  private logFailure({ functionId }: DueRun, error: unknown, message: string): void {
    this.options.log.error({ err: error, functionId }, message)
  }
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
