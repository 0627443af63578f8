import type { Database } from 'better-sqlite3'
import type { ExecutionCounts } from './execution-counts.js'

/** Deletes executions with all that belongs to them. */
export interface ExecutionRemover {
  /** How many rows one step may delete so that it blocks for a few milliseconds at most. */
  readonly step: number
  /** Within a batch. Gives how many there were. */
  remove (rows: readonly number[]): number
}

interface Removed { readonly function: number, readonly version: number, readonly trigger: string, readonly status: number }

export function createExecutionRemover (db: Database, counts: ExecutionCounts): ExecutionRemover {
  const belongings = ['logs', 'ai_requests', 'email_requests', 'large_events', 'large_responses'].map(table =>
    db.prepare<[string]>(`delete from ${table} where execution in (select value from json_each(?))`))
  const executions = db.prepare<[string], Removed>(`
    delete from executions where seq in (select value from json_each(?)) returning function, version, trigger, status`)
  return {
    step: 100,
    remove (rows) {
      if (rows.length === 0) return 0
      const list = JSON.stringify(rows)
      for (const statement of belongings) statement.run(list)
      const removed = executions.all(list)
      for (const row of removed) counts.add(row.function, row.version, row.trigger, row.status, -1)
      return removed.length
    }
  }
}
