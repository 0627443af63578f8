/** The tables of what belongs to an execution beside its row, as they are read: oldest first. */
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

/** To be read as `r`; `e` is the execution. */
export interface PartTable<Row, T> {
  readonly name: string
  readonly columns: string
  readonly order: string
  readonly convert: (row: Row) => T
}

interface PartTables {
  readonly logs: PartTable<LogRow, LogEntry>
  readonly ai: PartTable<AiRow, AiRequestRecord>
  readonly email: PartTable<EmailRow, EmailRequestRecord>
  readonly http: PartTable<HttpRow, HttpRequestRecord>
}

export const partTables: PartTables = {
  logs: {
    name: 'logs',
    columns: 'r.level, r.message, r.created_at as createdAt',
    order: 'r.n',
    convert: toLogEntry
  },
  ai: { name: 'ai_requests', columns: aiColumns, order: 'r.id', convert: toAiRequest },
  email: { name: 'email_requests', columns: emailColumns, order: 'r.id', convert: toEmailRequest },
  http: { name: 'http_requests', columns: httpColumns, order: 'r.id', convert: toHttpRequest }
}
