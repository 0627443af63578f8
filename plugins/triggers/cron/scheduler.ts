/** The scheduler: at each minute it hands what is due to the runner. */
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
import { createTimetable } from './timetable.js'

const MINUTE = 60_000
/** A run that could not begin by then is given up, just before its next tick may come. */
const GIVE_UP_MS = 55_000
/** Between so many, others get their turn. */
const TURN = 32

export interface SchedulerOptions {
  readonly functions: Pick<Storage['functions'], 'listScheduled'>
  readonly functionCache: FunctionCache
  readonly runner: Runner
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
}

/** Loads the active schedules and starts. Gives a way to stop: nothing begins after it. */
export async function startScheduler({
  functions,
  functionCache,
  runner,
  clock,
  log
}: SchedulerOptions): Promise<() => void> {
  const timetable = createTimetable(Math.floor(clock.now() / MINUTE) * MINUTE)
  let stopped = false

  const put = (fn: FunctionRecord) => {
    if (!timetable.put(fn)) {
      log.error(
        { functionId: fn.id, schedule: fn.cronSchedule },
        'this schedule cannot be read and does not run; set it anew'
      )
    }
  }
  const refresh = async (functionId: string) => {
    const found = await functionCache.get(functionId)
    if (found === undefined) timetable.drop(functionId)
    else put(found.fn)
  }
  const guard = (work: Promise<unknown>, what: string) => {
    work.catch((error: unknown) => {
      if (!stopped) log.error({ err: error }, what)
    })
  }

  async function runDue(minute: number) {
    let count = 0
    for (const functionId of timetable.due(minute)) {
      if (stopped) return
      runner.run({ functionId, scheduled: minute / 1000, deadline: minute + GIVE_UP_MS })
      if (++count % TURN === 0) await setImmediate()
    }
  }

  async function catchUp(scheduled: readonly ScheduledFunction[]) {
    let count = 0
    for (const each of scheduled) {
      if (stopped) return
      catchUpOne(each)
      if (++count % TURN === 0) await setImmediate()
    }
  }

  /** One whose schedule cannot be read, which the log tells already, does not keep the others from theirs. */
  function catchUpOne(scheduled: ScheduledFunction): void {
    const { id } = scheduled.fn
    if (!timetable.has(id)) return
    const now = clock.now()
    const missed = findMissedRun(scheduled, now)
    if (missed !== undefined) {
      runner.run({ functionId: id, scheduled: missed, deadline: now + GIVE_UP_MS })
    }
  }

  const unsubscribe = functionCache.onForget(functionId => {
    guard(refresh(functionId), 'a changed schedule could not be read')
  })
  const scheduled = await functions.listScheduled()
  for (const { fn } of scheduled) put(fn)
  const stopTicking = startMinuteTicker(clock, {
    onMinute: minute => {
      guard(runDue(minute), 'a minute of schedules failed')
    },
    onSetBack: minute => {
      log.warn(
        { now: new Date(minute).toISOString() },
        'the clock was set back; schedules go by the new time'
      )
      timetable.restart(minute)
    }
  })
  guard(catchUp(scheduled.filter(({ fn }) => fn.cronCatchUp)), 'missed runs could not be found')

  return () => {
    stopped = true
    stopTicking()
    unsubscribe()
    runner.stop()
  }
}
