/** Retention of finished jobs. */
import { jobStatuses, type JobStore } from '../../../core/contracts/jobs.js'
import { firstIdOf } from '../../../core/base/ids.js'
import { ALL_JOBS } from './job-counts.js'
import type { JobParts } from './job-parts.js'
import { FIRST_FINISHED, toStatusNumber, type JobRow } from './job-rows.js'

const finished = [...jobStatuses.keys()].filter(status => status >= FIRST_FINISHED)
/** What is deleted before its time when finished jobs have no room; dead ones wait for a decision. */
const expendable = [toStatusNumber('succeeded'), toStatusNumber('cancelled')]
/** After every id. */
const LAST_ID = '~'

/** Creates `expire` of JobStore. */
export function createJobExpiry(
  { batch, sql, counts, limits }: JobParts,
  remove: (row: JobRow) => void
): JobStore['expire'] {
  /** Jobs are created before they end, and ids sort by their creation: newer ones need not be looked at. */
  const findOld = (before: number, limit: number): JobRow[] => {
    const bound = firstIdOf(Math.max(0, Math.ceil(before / 1000)))
    return finished
      .flatMap(status => sql.oldestFinished.all(status, bound, before, limit))
      .slice(0, limit)
  }

  const findExcess = (limit: number): JobRow[] => {
    let excess = counts.sum(ALL_JOBS, finished).bytes - limits.bytes
    if (excess <= 0) return []
    const rows: JobRow[] = []
    for (const row of expendable.flatMap(status =>
      sql.oldestFinished.all(status, LAST_ID, Number.MAX_SAFE_INTEGER, limit)
    )) {
      if (excess <= 0 || rows.length === limit) break
      rows.push(row)
      excess -= row.bytes
    }
    return rows
  }

  return (before, limit) =>
    batch.slice(() => {
      const old = findOld(before, limit)
      for (const row of old) remove(row)
      const excess = findExcess(limit - old.length)
      for (const row of excess) remove(row)
      return old.length + excess.length
    })
}
