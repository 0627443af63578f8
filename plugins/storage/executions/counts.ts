/**
 * Exact totals of executions by function, version, trigger and status, so that nothing has to be counted.
 * Changes are gathered in memory and written once for each batch, in its transaction.
 */
import type { Database } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import { toStatusNumber } from './rows.js'
import type { ExecutionFilter } from '../../../core/contracts/executions.js'

export interface ExecutionCounts {
  /** To be called in the batch that writes the change. */
  add(functionRowId: number, version: number, trigger: string, status: number, by: number): void
  /** By status, trigger and version; other parts of the filter are not looked at. */
  total(functionRowId: number, filter?: ExecutionFilter): number
  /** Forgets a version's totals; all of the function's with version 0. */
  drop(functionRowId: number, version: number): void
}

export function createExecutionCounts(db: Database, batch: Batch): ExecutionCounts {
  const upsert = db.prepare<[number, number, string, number, number]>(`
    insert into execution_counts (function, version, trigger, status, total) values (?, ?, ?, ?, ?)
    on conflict do update set total = total + excluded.total`)
  const sum = db
    .prepare<
      [
        number,
        number | null,
        number | null,
        string | null,
        string | null,
        number | null,
        number | null
      ],
      number
    >(
      `
    select coalesce(sum(total), 0) from execution_counts
    where function = ? and (? is null or version = ?) and (? is null or trigger = ?) and (? is null or status = ?)`
    )
    .pluck()
  const drop = db.prepare<[number, number, number]>(
    'delete from execution_counts where function = ? and (? = 0 or version = ?)'
  )

  const changes = new Map<string, { values: [number, number, string, number]; by: number }>()
  const write = (): void => {
    for (const { values, by } of changes.values()) if (by !== 0) upsert.run(...values, by)
    changes.clear()
  }
  batch.onCommit({
    before: write,
    after: () => {
      changes.clear()
    }
  })

  return {
    add(functionRowId, version, trigger, status, by) {
      const key = `${functionRowId} ${version} ${status} ${trigger}`
      const change = changes.get(key)
      if (change === undefined) {
        changes.set(key, { values: [functionRowId, version, trigger, status], by })
      } else change.by += by
    },
    total(functionRowId, { version, trigger, status } = {}) {
      write()
      const statusNumber = status === undefined ? null : toStatusNumber(status)
      return (
        sum.get(
          functionRowId,
          version ?? null,
          version ?? null,
          trigger ?? null,
          trigger ?? null,
          statusNumber,
          statusNumber
        ) ?? 0
      )
    },
    drop(functionRowId, version) {
      write()
      drop.run(functionRowId, version, version)
    }
  }
}
