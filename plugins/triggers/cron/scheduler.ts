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
import type { DueRun, Runner } from './runner.js'
import { createTimetable, type Timetable } from './timetable.js'

const MINUTE = 60_000
/** What could not begin by then is given up, just before its next minute may come. */
const GIVE_UP_MS = 55_000
/** Functions looked at before other work gets its turn. */
const PER_TICK = 32
const NOT_AGREED = 'scheduled runs could not be agreed on'

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

  private constructor(private readonly options: SchedulerOptions) {
    const { clock, functionCache } = options
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
    const { shared } = this.options
    const begun = new Set<string>()
    for (const functionId of this.timetable.due(minute)) {
      if (this.isStopped) return
      begun.add(functionId)
      if (shared === undefined) this.options.runner.run(toDue(functionId, minute))
      if (begun.size % PER_TICK === 0) await setImmediate()
    }
    if (shared !== undefined) this.guard(this.share(shared, [...begun], minute), NOT_AGREED)
    if (isGap) await this.catchUpGap(begun)
  }

  /** Of several servers one runs each; without a word from the database none does. */
  private share(shared: SharedWork, functionIds: readonly string[], minute: number): Promise<void> {
    return shared.claimTicks(functionIds, minute / 1000, minute + GIVE_UP_MS, functionId => {
      this.options.runner.run(toDue(functionId, minute))
    })
  }

  /** Of several servers one makes up for it. */
  private async isOurs({ functionId, scheduled, deadline }: DueRun): Promise<boolean> {
    const { shared, log } = this.options
    if (shared === undefined) return true
    try {
      return await shared.claimTick(functionId, scheduled, deadline)
    } catch (error) {
      log.error({ err: error, functionId }, NOT_AGREED)
      return false
    }
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
    for (const each of missed.sort((a, b) => a.scheduled - b.scheduled)) {
      if (this.isStopped) return
      await this.makeUpFor(each, now)
    }
  }

  /** One whose schedule cannot be read, which the log tells already, does not keep the others from theirs. */
  private findMissed(each: ScheduledFunction, now: number): Missed[] {
    if (!this.timetable.has(each.fn.id)) return []
    // Of one that has never run, as after an import, nobody expects that it did.
    if (!each.fn.cronCatchUp && each.lastCronAt === undefined) return []
    const scheduled = findMissedRun(each, now)
    return scheduled === undefined ? [] : [{ fn: each.fn, scheduled }]
  }

  private async makeUpFor({ fn, scheduled }: Missed, now: number): Promise<void> {
    const due = { functionId: fn.id, scheduled, deadline: now + GIVE_UP_MS }
    if (!(await this.isOurs(due))) return
    if (fn.cronCatchUp) this.options.runner.run(due)
    else await this.options.runner.recordMissed(due)
  }
}

const toDue = (functionId: string, minute: number): DueRun => ({
  functionId,
  scheduled: minute / 1000,
  deadline: minute + GIVE_UP_MS
})
