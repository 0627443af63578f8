/**
 * Scans the executions of one function that meet conditions, newest first, in slices; a long scan goes on in the
 * reading thread.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { LongRead } from '../db/long-read.js'
import type { Conditions } from './filter.js'
import type { IdRange } from './id-skew.js'

type Values = Record<string, string | number>
interface ScanStatements {
  readonly sliceEnd: Statement<[Values], string>
  readonly find: Statement<[Values], number>
  readonly count: Statement<[Values], number>
}

const FIRST_SLICE = 500
/** Where logs have to be read: it is not known how many there are. */
const FIRST_TEXT_SLICE = 20
const MAX_SLICE = 100_000

export class ExecutionScan {
  private hasEnded = false
  private before: string
  private size: number

  constructor(
    private readonly read: LongRead,
    private readonly statements: ScanStatements,
    private readonly values: Readonly<Values>,
    private readonly range: IdRange
  ) {
    this.before = range.before
    this.size = 'text' in values ? FIRST_TEXT_SLICE : FIRST_SLICE
  }

  get ended(): boolean {
    return this.hasEnded
  }

  /** How many executions the next slice has at most. */
  get sliceSize(): number {
    return this.size
  }

  /** Takes the next slice and returns the rows that meet the conditions. */
  find(): Promise<readonly number[]> {
    return this.takeSlice(this.statements.find)
  }

  /** Takes the next slice and only counts. */
  async count(): Promise<number> {
    const [count = 0] = await this.takeSlice(this.statements.count)
    return count
  }

  private async takeSlice(statement: Statement<[Values], number>): Promise<readonly number[]> {
    const { read, before, range, values } = this
    const nextSize = read.measure()
    const bounds = { ...values, before, least: range.least, skipped: this.size - 1 }
    const [end] = await read.all(this.statements.sliceEnd, bounds)
    const least = end ?? range.least
    const found = await read.all(statement, { ...bounds, least })
    this.hasEnded = end === undefined
    this.before = least
    this.size = Math.min(MAX_SLICE, nextSize(this.size))
    return found
  }
}

/** Starts scans. Statements stay prepared: there are as many as combinations of conditions. */
export class ExecutionScans {
  private readonly prepared = new Map<string, ScanStatements>()

  constructor(private readonly db: Database) {}

  start(
    read: LongRead,
    functionRowId: number,
    { sql, values }: Conditions,
    range: IdRange
  ): ExecutionScan {
    return new ExecutionScan(read, this.prepare(sql), { ...values, function: functionRowId }, range)
  }

  private prepare(conditions: string): ScanStatements {
    const known = this.prepared.get(conditions)
    if (known !== undefined) return known
    const source = `from executions e indexed by executions_by_function
      where e.function = :function and e.id < :before and e.id >= :least`
    const prepare = <T>(sql: string) => this.db.prepare<[Values], T>(sql).pluck()
    const statements: ScanStatements = {
      sliceEnd: prepare<string>(`select e.id ${source} order by e.id desc limit 1 offset :skipped`),
      find: prepare<number>(`select e.seq ${source}${conditions} order by e.id desc`),
      count: prepare<number>(`select count(*) ${source}${conditions}`)
    }
    this.prepared.set(conditions, statements)
    return statements
  }
}
