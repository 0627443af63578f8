/** Which runs were missed while no server ran, or by a clock that was set. */
import { nextRuns, parseSchedule } from '../../../core/cron/schedule.js'
import type { ScheduledFunction } from '../../../core/contracts/functions.js'
import { wantedSchedule } from './timetable.js'

/**
 * The first tick (Unix seconds) that passed before `now` (Unix milliseconds) since the function last ran by
 * its schedule or was last changed; undefined when there is none. Throws when its schedule cannot be read.
 */
export function findMissedRun(
  { fn, lastCronAt = 0 }: ScheduledFunction,
  now: number
): number | undefined {
  const text = wantedSchedule(fn)
  if (text === undefined) return undefined
  const since = Math.max(fn.updatedAt, lastCronAt)
  const missed = nextRuns(parseSchedule(text), since * 1000, 1)[0]
  return missed !== undefined && missed * 1000 <= now ? missed : undefined
}
