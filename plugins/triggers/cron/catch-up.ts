/** Which functions owe a run since the server was down, by their own wish (`cron_catch_up`). */
import { nextRuns, parseSchedule } from '../../../core/cron/schedule.js'
import type { FunctionRecord } from '../../../core/contracts/records.js'
import type { ExecutionStore } from '../../../core/contracts/storage.js'
import { wantedSchedule } from './timetable.js'

/**
 * The first tick (Unix seconds) that passed before `now` (Unix milliseconds) since the function last ran by
 * its schedule or was last changed; undefined when there is none or it does not ask for catching up.
 */
export async function findMissedRun (fn: FunctionRecord, executions: Pick<ExecutionStore, 'list'>, now: number): Promise<number | undefined> {
  const text = wantedSchedule(fn)
  if (!fn.cronCatchUp || text === undefined) return undefined
  const { rows: [newest] } = await executions.list(fn.id, { limit: 1, offset: 0 }, { trigger: 'cron' })
  const since = Math.max(fn.updatedAt, newest?.createdAt ?? 0)
  const missed = nextRuns(parseSchedule(text), since * 1000, 1)[0]
  return missed !== undefined && missed * 1000 <= now ? missed : undefined
}
