/** The cron scheduler: at each minute it hands what is due to the runner. */
import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { FunctionRecord } from '../../../core/contracts/records.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import type { ScheduledFunction } from '../../../core/contracts/functions.js'
import type { SharedWork } from '../../../core/contracts/shared-work.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { findMissedRun } from './catch-up.js'
import type { Clock } from '../../../core/cron/clock.js'
import { startMinuteTicker } from '../../../core/cron/minute-ticker.js'
import { claimRuns, type ClaimOptions } from './claims.js'
import type { Runner } from './runner.js'
import { createTimetable, type Timetable } from './timetable.js'

const MINUTE = 60_000
/** What could not begin by then is given up, just before its next minute may come. */
const GIVE_UP_MS = 55_000
/** Functions looked at before other work gets its turn. */
const PER_TICK = 32

export interface SchedulerOptions {
  readonly functions: Pick<Storage['functions'], 'listScheduled'>
  readonly functionCache: FunctionCache
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  /** Present where other servers have the same schedules: which of them runs one for a minute. */
  readonly shared?: SharedWork | undefined
}

interface Missed {
  readonly fn: FunctionRecord
  /** Unix seconds. */
  readonly scheduled: number
}

export class CronScheduler {
  private readonly timetable: Timetable
  private isStopped = false
  private lastMinute: number
  private stopTicking = () => {}
  private readonly unsubscribe: () => void
  private readonly claims: ClaimOptions

  private constructor(private readonly options: SchedulerOptions) {
    const { clock, functionCache, log, shared } = options
    this.claims = { shared, clock, log, isStopped: () => this.isStopped }
    this.lastMinute = Math.floor(clock.now() / MINUTE) * MINUTE
    this.timetable = createTimetable(this.lastMinute)
    this.unsubscribe = functionCache.onForget(functionId => {
      this.guard(this.refresh(functionId), 'a changed schedule could not be read')
    })
  }

  /** Loads the active schedules and starts. */
  static async start(options: SchedulerOptions): Promise<CronScheduler> {
    const scheduler = new CronScheduler(options)
    await scheduler.load()
    return scheduler
  }

  /** Nothing begins after it. */
  stop(): void {
    this.isStopped = true
    this.stopTicking()
    this.unsubscribe()
    this.options.runner.stop()
  }

  private async load(): Promise<void> {
    const scheduled = await this.options.functions.listScheduled()
    for (const { fn } of scheduled) this.put(fn)
    this.stopTicking = this.startTicking()
    this.guard(this.catchUp(scheduled), 'missed runs could not be found')
  }

  private startTicking(): () => void {
    const { clock, log } = this.options
    return startMinuteTicker(clock, {
      onMinute: minute => {
        this.guard(this.runDue(minute), 'a minute of schedules failed')
      },
      onSetBack: minute => {
        log.warn(
          { now: new Date(minute).toISOString() },
          'the clock was set back; schedules go by the new time'
        )
        this.timetable.restart(minute)
        this.lastMinute = minute
      }
    })
  }

  private put(fn: FunctionRecord): void {
    if (this.timetable.put(fn)) return
    this.options.log.error(
      { functionId: fn.id, schedule: fn.cronSchedule },
      'this schedule cannot be read and does not run; set it anew'
    )
  }

  private async refresh(functionId: string): Promise<void> {
    const found = await this.options.functionCache.get(functionId)
    if (found === undefined) this.timetable.drop(functionId)
    else this.put(found.fn)
  }

  private guard(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      if (!this.isStopped) this.options.log.error({ err: error }, what)
    })
  }

  private async runDue(minute: number): Promise<void> {
    const isGap = minute - this.lastMinute > MINUTE
    this.lastMinute = minute
    const due = [...this.timetable.due(minute)]
    const runs = due.map(functionId => ({
      functionId,
      scheduled: minute / 1000,
      deadline: minute + GIVE_UP_MS
    }))
    let count = 0
    await claimRuns(this.claims, runs, run => {
      this.options.runner.run(run)
      return ++count % PER_TICK === 0 ? setImmediate() : undefined
    })
    if (isGap) await this.catchUpGap(new Set(due))
  }

  /** Minutes that did not tick: what runs now anyway has made up for them. */
  private async catchUpGap(running: ReadonlySet<string>): Promise<void> {
    const scheduled = await this.options.functions.listScheduled()
    await this.catchUp(scheduled.filter(({ fn }) => !running.has(fn.id)))
  }

  /** The oldest first; the runner spreads them. */
  private async catchUp(scheduled: readonly ScheduledFunction[]): Promise<void> {
    const now = this.options.clock.now()
    const missed: Missed[] = []
    let count = 0
    for (const each of scheduled) {
      if (this.isStopped) return
      missed.push(...this.findMissed(each, now))
      if (++count % PER_TICK === 0) await setImmediate()
    }
    missed.sort((a, b) => a.scheduled - b.scheduled)
    const byId = new Map(missed.map(each => [each.fn.id, each]))
    const runs = missed.map(({ fn, scheduled }) => ({
      functionId: fn.id,
      scheduled,
      deadline: now + GIVE_UP_MS
    }))
    await claimRuns(this.claims, runs, async run => {
      if (byId.get(run.functionId)?.fn.cronCatchUp === true) this.options.runner.run(run)
      else await this.options.runner.recordMissed(run)
    })
  }

  /** One whose schedule cannot be read, which the log tells already, does not keep the others from theirs. */
  private findMissed(each: ScheduledFunction, now: number): Missed[] {
    if (!this.timetable.has(each.fn.id)) return []
    // Of one that has never run, as after an import, nobody expects that it did.
    if (!each.fn.cronCatchUp && each.lastCronAt === undefined) return []
    const scheduled = findMissedRun(each, now)
    return scheduled === undefined ? [] : [{ fn: each.fn, scheduled }]
  }
}
