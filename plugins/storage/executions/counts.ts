/**
 * Exact totals of executions by function, version, trigger and status, so that nothing has to be counted. Changes are
 * collected in memory and written once for each batch, in its transaction.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { ExecutionFilter } from '../../../core/contracts/executions.js'
import type { Batch } from '../db/batch.js'
import { toStatusNumber } from './rows.js'

type Counted = [functionRowId: number, version: number, trigger: string, status: number]
interface SumParameters {
  readonly functionRowId: number
  readonly version: number | null
  readonly trigger: string | null
  readonly status: number | null
}

export class ExecutionCounts {
  private readonly upsert: Statement<[...Counted, number]>
  private readonly sum: Statement<[SumParameters], number>
  private readonly deleteTotals: Statement<[number, number, number]>
  private readonly changes = new Map<string, { readonly counted: Counted; by: number }>()

  constructor(db: Database, batch: Batch) {
    this.upsert = db.prepare(`
      insert into execution_counts (function, version, trigger, status, total) values (?, ?, ?, ?, ?)
      on conflict do update set total = total + excluded.total`)
    this.sum = db
      .prepare<[SumParameters], number>(
        `select coalesce(sum(total), 0) from execution_counts
         where function = :functionRowId and (:version is null or version = :version)
           and (:trigger is null or trigger = :trigger) and (:status is null or status = :status)`
      )
      .pluck()
    this.deleteTotals = db.prepare(
      'delete from execution_counts where function = ? and (? = 0 or version = ?)'
    )
    batch.onCommit({
      before: () => {
        this.writeChanges()
      },
      after: () => {
        this.changes.clear()
      }
    })
  }

  /** To be called in the batch that writes the change. */
  add(functionRowId: number, version: number, trigger: string, status: number, by: number): void {
    const key = `${functionRowId} ${version} ${status} ${trigger}`
    const change = this.changes.get(key)
    if (change !== undefined) change.by += by
    else this.changes.set(key, { counted: [functionRowId, version, trigger, status], by })
  }

  /** By status, trigger and version; other parts of the filter are ignored. */
  total(functionRowId: number, { version, trigger, status }: ExecutionFilter = {}): number {
    this.writeChanges()
    const total = this.sum.get({
      functionRowId,
      version: version ?? null,
      trigger: trigger ?? null,
      status: status === undefined ? null : toStatusNumber(status)
    })
    return total ?? 0
  }

  /** Removes a version's totals; all of the function's with version 0. */
  drop(functionRowId: number, version: number): void {
    this.writeChanges()
    this.deleteTotals.run(functionRowId, version, version)
  }

  private writeChanges(): void {
    for (const { counted, by } of this.changes.values()) {
      if (by !== 0) this.upsert.run(...counted, by)
    }
    this.changes.clear()
  }
}
