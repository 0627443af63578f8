/** Pages of what belongs to an execution: its logs, and its requests to other servers. Oldest first. */
import type { Database, Statement } from 'better-sqlite3'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import { partTables, type PartTable } from './part-tables.js'
import type { AiRow, EmailRow, HttpRow } from './request-rows.js'
import type { LogRow } from './rows.js'

/** The pages of one table. */
export class PartReader<Row, T> {
  private readonly rows: Statement<[number, number, number], Row>
  private readonly count: Statement<[number], number>

  constructor(
    db: Database,
    private readonly table: PartTable<Row, T>
  ) {
    const { name, columns, order } = table
    this.rows = db.prepare(
      `select ${columns} from ${name} r join executions e on e.seq = r.execution
       where r.execution = ? order by ${order} limit ? offset ?`
    )
    this.count = db
      .prepare<[number], number>(`select count(*) from ${name} where execution = ?`)
      .pluck()
  }

  read(executionRowId: number, { limit, offset }: Page): Paged<T> {
    return {
      rows: this.rows.all(executionRowId, limit, offset).map(row => this.table.convert(row)),
      total: this.count.get(executionRowId) ?? 0
    }
  }
}

export interface PartReaders {
  readonly logs: PartReader<LogRow, LogEntry>
  readonly ai: PartReader<AiRow, AiRequestRecord>
  readonly email: PartReader<EmailRow, EmailRequestRecord>
  readonly http: PartReader<HttpRow, HttpRequestRecord>
}

export const createPartReaders = (db: Database): PartReaders => ({
  logs: new PartReader(db, partTables.logs),
  ai: new PartReader(db, partTables.ai),
  email: new PartReader(db, partTables.email),
  http: new PartReader(db, partTables.http)
})
