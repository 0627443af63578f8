/** Pages of what belongs to an execution: its logs, and its requests to other servers. Oldest first. */
import type { Database, Statement } from 'better-sqlite3'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import {
  aiColumns,
  emailColumns,
  httpColumns,
  toAiRequest,
  toEmailRequest,
  toHttpRequest,
  type AiRow,
  type EmailRow,
  type HttpRow
} from './request-rows.js'
import { toLogEntry, type LogRow } from './rows.js'

interface Table<Row, T> {
  readonly name: string
  readonly columns: string
  readonly order: string
  readonly convert: (row: Row) => T
}

/** The pages of one table. */
export class PartReader<Row, T> {
  private readonly rows: Statement<[number, number, number], Row>
  private readonly count: Statement<[number], number>

  constructor(
    db: Database,
    private readonly table: Table<Row, T>
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

export function createPartReaders(db: Database): PartReaders {
  return {
    logs: new PartReader(db, {
      name: 'logs',
      columns: 'r.level, r.message, r.created_at as createdAt',
      order: 'r.n',
      convert: toLogEntry
    }),
    ai: new PartReader(db, {
      name: 'ai_requests',
      columns: aiColumns,
      order: 'r.id',
      convert: toAiRequest
    }),
    email: new PartReader(db, {
      name: 'email_requests',
      columns: emailColumns,
      order: 'r.id',
      convert: toEmailRequest
    }),
    http: new PartReader(db, {
      name: 'http_requests',
      columns: httpColumns,
      order: 'r.id',
      convert: toHttpRequest
    })
  }
}
