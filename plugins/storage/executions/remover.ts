import type { Database } from 'better-sqlite3'
import type { ExecutionCounts } from './counts.js'
import { firstBytes } from './first-bytes.js'
import { belongings, executionBytesSql } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'

/** Deletes executions with everything that belongs to them. */
export interface ExecutionRemover {
  /**
   * How many rows the next step should delete so that it blocks for a few milliseconds at most, its COMMIT included.
   * Rows that lie together take a tenth of what scattered ones take, each of which changes three pages.
   */
  readonly step: number
  /**
   * Within a batch. Deletes the first of them until `maxBytes` are deleted, a few megabytes in one step but at least
   * one execution. Returns how many; 0 means that none of them exists.
   */
  remove(rowIds: readonly number[], maxBytes?: number): number
}

interface Removed {
  readonly function: number
  readonly version: number
  readonly trigger: string
  readonly status: number
}
interface Sized {
  readonly seq: number
  readonly function: number
  readonly bytes: number
}

const STEP_BYTES = 4 * 1024 * 1024
const FIRST_STEP = 50
const MIN_STEP = 10
const MAX_STEP = 200
/** The COMMIT takes up to twice as long again. */
const STEP_MS = 1

export function createExecutionRemover(
  db: Database,
  counts: ExecutionCounts,
  stored: StoredBytes
): ExecutionRemover {
  const sizes = db.prepare<[string], Sized>(`
    select e.seq, e.function, ${executionBytesSql} as bytes 
    from json_each(?) cross join executions e on e.seq = json_each.value`)
  const deletions = belongings.map(table =>
    db.prepare<[string]>(`delete from ${table} where execution in (select value from json_each(?))`)
  )
  const executions = db.prepare<[string], Removed>(`
    delete from executions where seq in (select value from json_each(?)) returning function, version, trigger, status`)

  let step = FIRST_STEP
  return {
    get step() {
      return step
    },
    remove(rowIds, maxBytes = Infinity) {
      if (rowIds.length === 0) return 0
      const since = performance.now()
      const due = firstBytes(sizes.all(JSON.stringify(rowIds)), Math.min(STEP_BYTES, maxBytes))
      const list = JSON.stringify(due.map(({ seq }) => seq))
      for (const statement of deletions) statement.run(list)
      for (const row of executions.all(list)) {
        counts.add(row.function, row.version, row.trigger, row.status, -1)
      }
      for (const { function: functionRowId, bytes } of due) {
        stored.add(functionRowId, 'history', -bytes)
      }
      step = nextStep(due.length, performance.now() - since)
      return due.length
    }
  }
}

const nextStep = (count: number, tookMs: number): number =>
  Math.min(MAX_STEP, Math.max(MIN_STEP, Math.round((count * STEP_MS) / Math.max(tookMs, 0.1))))
