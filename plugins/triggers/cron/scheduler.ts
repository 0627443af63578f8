/** The cron scheduler: at each minute it hands what is due to the runner. */
import { setImmediate } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { FunctionRecord } from '../../../core/contracts/records.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import type { ScheduledFunction } from '../../../core/contracts/functions.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { findMissedRun } from './catch-up.js'
import type { Clock } from '../../../core/cron/clock.js'
import { startMinuteTicker } from '../../../core/cron/minute-ticker.js'
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
}

export class CronScheduler {
  private readonly timetable: Timetable
  private isStopped = false
  private stopTicking = () => {}
  private readonly unsubscribe: () => void

  private constructor(private readonly options: SchedulerOptions) {
    const { clock, functionCache } = options
    this.timetable = createTimetable(Math.floor(clock.now() / MINUTE) * MINUTE)
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
    const wanting = scheduled.filter(({ fn }) => fn.cronCatchUp)
    this.guard(this.catchUp(wanting), 'missed runs could not be found')
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
    let count = 0
    for (const functionId of this.timetable.due(minute)) {
      if (this.isStopped) return
      const deadline = minute + GIVE_UP_MS
      this.options.runner.run({ functionId, scheduled: minute / 1000, deadline })
      if (++count % PER_TICK === 0) await setImmediate()
    }
  }

  private async catchUp(scheduled: readonly ScheduledFunction[]): Promise<void> {
    let count = 0
    for (const each of scheduled) {
      if (this.isStopped) return
      this.catchUpOne(each)
      if (++count % PER_TICK === 0) await setImmediate()
    }
  }

  /** One whose schedule cannot be read, which the log tells already, does not keep the others from theirs. */
  private catchUpOne(scheduled: ScheduledFunction): void {
    const { id: functionId } = scheduled.fn
    if (!this.timetable.has(functionId)) return
    const now = this.options.clock.now()
    const missed = findMissedRun(scheduled, now)
    if (missed === undefined) return
    this.options.runner.run({ functionId, scheduled: missed, deadline: now + GIVE_UP_MS })
  }
}
