/**
 * Exact totals and bytes of jobs by function and status, so that nothing has to be counted. Changes are collected in
 * memory and written once for each batch, in its transaction; what the file says is read again in each batch, since
 * other servers may have changed it.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import { jobStatuses } from '../../../core/contracts/jobs.js'

/** Stands for all functions together. */
export const ALL_JOBS = 0

export interface JobSum {
  readonly total: number
  readonly bytes: number
}

interface Entry {
  readonly functionRowId: number
  readonly status: number
  readonly stored: JobSum
  total: number
  bytes: number
}

const NOTHING: JobSum = { total: 0, bytes: 0 }

export class JobCounts {
  private readonly read: Statement<[number, number], JobSum>
  private readonly upsert: Statement<[number, number, number, number]>
  private readonly removeEmpty: Statement<[number, number]>
  private entries = new Map<number, Entry>()

  constructor(db: Database, batch: Batch) {
    this.read = db.prepare('select total, bytes from job_counts where function = ? and status = ?')
    this.upsert = db.prepare(`
      insert into job_counts (function, status, total, bytes) values (?, ?, ?, ?)
      on conflict do update set total = excluded.total, bytes = excluded.bytes`)
    this.removeEmpty = db.prepare('delete from job_counts where function = ? and status = ?')
    batch.onCommit({
      before: () => {
        this.write()
      },
      after: () => {
        this.entries.clear()
      }
    })
  }

  /** To be called in the batch that writes the change, after the write succeeded. */
  add(functionRowId: number, status: number, total: number, bytes: number): void {
    for (const account of [functionRowId, ALL_JOBS]) {
      const entry = this.entry(account, status)
      entry.total += total
      entry.bytes += bytes
    }
  }

  move(functionRowId: number, from: number, to: number, bytes: number): void {
    if (from === to) return
    this.add(functionRowId, from, -1, -bytes)
    this.add(functionRowId, to, 1, bytes)
  }

  /** Within a batch. */
  of(functionRowId: number, status: number): JobSum {
    return this.entry(functionRowId, status)
  }

  /** Of several statuses together; outside of a batch too. */
  sum(functionRowId: number, statuses: readonly number[]): JobSum {
    let [total, bytes] = [0, 0]
    for (const status of statuses) {
      const one =
        this.entries.get(keyOf(functionRowId, status)) ?? this.stored(functionRowId, status)
      total += one.total
      bytes += one.bytes
    }
    return { total, bytes }
  }

  /** Forgets a function that is removed with its jobs. Within a batch. */
  drop(functionRowId: number): void {
    for (const status of jobStatuses.keys()) {
      const { total, bytes } = this.entry(functionRowId, status)
      if (total !== 0 || bytes !== 0) this.add(functionRowId, status, -total, -bytes)
    }
  }

  /** Writes what was collected, so that statements on the table see it. Within a batch. */
  write(): void {
    for (const { functionRowId, status, stored, total, bytes } of this.entries.values()) {
      if (total === stored.total && bytes === stored.bytes) continue
      if (total === 0) this.removeEmpty.run(functionRowId, status)
      else this.upsert.run(functionRowId, status, total, bytes)
    }
    this.entries.clear()
  }

  private entry(functionRowId: number, status: number): Entry {
    const key = keyOf(functionRowId, status)
    const known = this.entries.get(key)
    if (known !== undefined) return known
    const stored = this.stored(functionRowId, status)
    const made = { functionRowId, status, stored, ...stored }
    this.entries.set(key, made)
    return made
  }

  private stored(functionRowId: number, status: number): JobSum {
    return this.read.get(functionRowId, status) ?? NOTHING
  }
}

const keyOf = (functionRowId: number, status: number): number =>
  functionRowId * jobStatuses.length + status
