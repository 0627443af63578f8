/**
 * Runs what is due, at most `limit` side by side: more could not run anyway, and would fill the queue that
 * HTTP callers wait in. A full queue is tried again until the run's deadline; then the history says so.
 * One function has at most one scheduled run at a time: a tick that finds it waiting or running is skipped,
 * and the history says that too.
 */
import type { FastifyBaseLogger } from 'fastify'
import { MoonletError } from '../../../core/base/errors.js'
import type { Invoker } from '../../../core/contracts/invoker.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import type { FunctionWithVersion } from '../../../core/contracts/functions.js'
import type { Clock } from '../../../core/cron/clock.js'
import { toCronEvent } from './event.js'
import type { FailureRecorder } from './record-failure.js'
import { wantedSchedule } from './timetable.js'

const RETRY_MS = 500

export interface DueRun {
  readonly functionId: string
  /** When it was due, Unix seconds. */
  readonly scheduled: number
  /** Until when it may begin, Unix milliseconds. */
  readonly deadline: number
}

export interface RunnerOptions {
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly recordFailure: FailureRecorder
  readonly clock: Clock
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  readonly requestId: () => string
  readonly limit: number
}

export interface Runner {
  run(due: DueRun): void
  /** Begins nothing more; what waits is dropped. Runs under way end with the invoker. */
  stop(): void
}

export function createRunner({
  invoker,
  functionCache,
  recordFailure,
  clock,
  log,
  requestId,
  limit
}: RunnerOptions): Runner {
  const waiting: DueRun[] = []
  /** Scheduled time of each function's run that waits or goes on. */
  const going = new Map<string, number>()
  let active = 0
  const stopping = new AbortController()

  function pump() {
    while (active < limit && !stopping.signal.aborted) {
      const due = waiting.shift()
      if (due === undefined) return
      active++
      void attempt(due)
        .catch((error: unknown) => {
          log.error({ err: error, functionId: due.functionId }, 'a scheduled run failed')
        })
        .finally(() => {
          active--
          going.delete(due.functionId)
          pump()
        })
    }
  }

  async function attempt(due: DueRun): Promise<void> {
    while (!stopping.signal.aborted) {
      const found = await functionCache.get(due.functionId)
      const schedule = found === undefined ? undefined : wantedSchedule(found.fn)
      if (found?.active === undefined || schedule === undefined) return
      const event = toCronEvent(found.fn, schedule, due.scheduled)
      if (clock.now() >= due.deadline) {
        return recordFailure(
          { ...found, active: found.active },
          event,
          'refused',
          `Not run: no sandbox was free in time for ${iso(due.scheduled)}. Raise SANDBOX_MAX or QUEUE_LIMIT, or spread the schedules.`
        )
      }
      try {
        await invoker.invoke({
          fn: found.fn,
          version: found.active,
          trigger: 'cron',
          event,
          requestId: requestId(),
          record: true
        })
        return
      } catch (error) {
        if (!(error instanceof MoonletError)) throw error
        if (error.code === 'SERVER_STOPPING') return
        if (error.code !== 'QUEUE_FULL' && error.code !== 'QUEUE_TIMEOUT') throw error
      }
      await new Promise<void>(resolve => {
        clock.after(RETRY_MS, resolve)
      })
    }
  }

  async function skip(
    found: FunctionWithVersion | undefined,
    due: DueRun,
    before: number
  ): Promise<void> {
    const schedule = found === undefined ? undefined : wantedSchedule(found.fn)
    if (found?.active === undefined || schedule === undefined) return
    log.warn(
      { functionId: due.functionId },
      'a scheduled run was skipped: the one before was still going'
    )
    await recordFailure(
      { ...found, active: found.active },
      toCronEvent(found.fn, schedule, due.scheduled),
      'skipped',
      `Skipped: the run that was due at ${iso(before)} was still going at ${iso(due.scheduled)}.`
    )
  }

  return {
    run(due) {
      if (stopping.signal.aborted) return
      const before = going.get(due.functionId)
      if (before === undefined) {
        going.set(due.functionId, due.scheduled)
        waiting.push(due)
        pump()
        return
      }
      void Promise.resolve(functionCache.get(due.functionId))
        .then(found => skip(found, due, before))
        .catch((error: unknown) => {
          log.error(
            { err: error, functionId: due.functionId },
            'a skipped run could not be recorded'
          )
        })
    },
    stop() {
      stopping.abort()
      waiting.length = 0
    }
  }
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
