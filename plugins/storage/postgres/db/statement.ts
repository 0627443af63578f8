/** A statement, and what came of it. */
import type { SqlRow, SqlValue } from './values.js'

export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export interface Result {
  readonly rows: SqlRow[]
  /** Rows that were read or changed. */
  readonly count: number
}
