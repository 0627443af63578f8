/** An open transaction, or a connection outside of one: statements by statements. */
import type { Paged } from '../../../../core/contracts/page.js'
import type { Connection } from './connection.js'
import type { Result, Statement } from './statement.js'
import type { SqlRow, SqlValue } from './values.js'

/** Counts round trips, for tests. */
export interface Trips {
  count: number
}

export const COMMIT: Statement = { sql: 'commit', values: [] }

export class Session {
  /** Called before the transaction is committed with its last statements; undefined: it is not to be. */
  onLast: (() => void) | undefined
  isCommitted = false

  constructor(
    private readonly connection: Connection,
    private readonly trips: Trips,
    /** Sent with the first statements. */
    private opening: readonly Statement[] = []
  ) {}

  /** In one round trip. */
  async run(statements: readonly Statement[]): Promise<Result[]> {
    const { opening } = this
    this.opening = []
    this.trips.count++
    const results = await this.connection.run([...opening, ...statements])
    return results.slice(opening.length)
  }

  /**
   * The last statements of a transaction, and where it may be its commit: in one round trip. When it is committed and
   * the answer is lost, the transaction rejects with DATABASE_UNAVAILABLE.
   */
  async runLast(statements: readonly Statement[]): Promise<Result[]> {
    if (this.onLast === undefined) return this.run(statements)
    this.onLast()
    const results = await this.run([...statements, COMMIT])
    this.isCommitted = true
    return results.slice(0, -1)
  }

  async query(sql: string, ...values: readonly SqlValue[]): Promise<Result> {
    const [result] = await this.run([{ sql, values }])
    return result ?? { rows: [], count: 0 }
  }

  async all<Row = SqlRow>(sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    return (await this.query(sql, ...values)).rows as Row[]
  }

  async get<Row = SqlRow>(sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    return (await this.query(sql, ...values)).rows[0] as Row | undefined
  }

  /** Rows of one page, each converted, and of how many: what `count` gives as `total`. In one round trip. */
  async page<Row, T>(
    rows: Statement,
    count: Statement,
    convert: (row: Row) => T
  ): Promise<Paged<T>> {
    const [found, counted] = await this.run([rows, count])
    return {
      rows: ((found?.rows ?? []) as Row[]).map(row => convert(row)),
      total: Number(counted?.rows[0]?.['total'] ?? 0)
    }
  }

  /** Returns how many rows were changed. */
  async change(sql: string, ...values: readonly SqlValue[]): Promise<number> {
    return (await this.query(sql, ...values)).count
  }
}
