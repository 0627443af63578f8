/**
 * Scans the executions of one function that meet conditions, newest first, in slices of a few milliseconds, so that the
 * server goes on in between.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import type { Conditions } from './filter.js'
import type { IdRange } from './id-skew.js'

type Values = Record<string, string | number>
interface ScanStatements {
  readonly sliceEnd: Statement<[number, string, string, number], string>
  readonly find: Statement<[Values], number>
  readonly count: Statement<[Values], number>
}

const SLICE_MS = 4
const FIRST_SLICE = 500
/** Where logs have to be read: it is not known how many there are. */
const FIRST_TEXT_SLICE = 20
const MAX_SLICE = 20_000
const MAX_GROWTH = 4

export class ExecutionScan {
  private hasEnded = false
  private workedMs = 0
  private before: string
  private size: number

  constructor(
    private readonly batch: Batch,
    private readonly statements: ScanStatements,
    private readonly functionRowId: number,
    private readonly values: Readonly<Values>,
    private readonly range: IdRange
  ) {
    this.before = range.before
    this.size = 'text' in values ? FIRST_TEXT_SLICE : FIRST_SLICE
  }

  get ended(): boolean {
    return this.hasEnded
  }

  /** Milliseconds of work so far. */
  get worked(): number {
    return this.workedMs
  }

  /** Takes the next slice and returns the rows that meet the conditions. */
  find(): Promise<readonly number[]> {
    return this.takeSlice(bounds => this.statements.find.all(bounds))
  }

  /** Takes the next slice and only counts. */
  count(): Promise<number> {
    return this.takeSlice(bounds => this.statements.count.get(bounds) ?? 0)
  }

  private async takeSlice<T>(read: (bounds: Values) => T): Promise<T> {
    const started = performance.now()
    const result = await this.batch.read(() => this.readSlice(read))
    const tookMs = performance.now() - started
    this.workedMs += tookMs
    this.adaptSize(tookMs)
    return result
  }

  private readSlice<T>(read: (bounds: Values) => T): T {
    const { functionRowId, before, range } = this
    const end = this.statements.sliceEnd.get(functionRowId, before, range.least, this.size - 1)
    const least = end ?? range.least
    const result = read({ ...this.values, function: functionRowId, before, least })
    this.hasEnded = end === undefined
    this.before = least
    return result
  }

  private adaptSize(tookMs: number): void {
    const growth = Math.min(MAX_GROWTH, SLICE_MS / Math.max(tookMs, 0.1))
    this.size = Math.min(MAX_SLICE, Math.max(1, Math.ceil(this.size * growth)))
  }
}

/** Starts scans. Statements stay prepared: there are as many as combinations of conditions. */
export class ExecutionScans {
  private readonly sliceEnd: ScanStatements['sliceEnd']
  private readonly prepared = new Map<string, ScanStatements>()

  constructor(
    private readonly db: Database,
    private readonly batch: Batch
  ) {
    this.sliceEnd = db
      .prepare<[number, string, string, number], string>(
        `select id from executions indexed by executions_by_function
         where function = ? and id < ? and id >= ? order by id desc limit 1 offset ?`
      )
      .pluck()
  }

  start(functionRowId: number, { sql, values }: Conditions, range: IdRange): ExecutionScan {
    return new ExecutionScan(this.batch, this.prepare(sql), functionRowId, values, range)
  }

  private prepare(conditions: string): ScanStatements {
    const known = this.prepared.get(conditions)
    if (known !== undefined) return known
    const source = `from executions e indexed by executions_by_function
      where e.function = :function and e.id < :before and e.id >= :least${conditions}`
    const statements: ScanStatements = {
      sliceEnd: this.sliceEnd,
      find: this.db.prepare<[Values], number>(`select e.seq ${source} order by e.id desc`).pluck(),
      count: this.db.prepare<[Values], number>(`select count(*) ${source}`).pluck()
    }
    this.prepared.set(conditions, statements)
    return statements
  }
}
