/** ExecutionStore on PostgreSQL: recording, lists, reading and retention put together. */
import type {
  ExecutionFilter,
  ExecutionStore,
  FinishedExecution,
  NewExecution
} from '../../../../core/contracts/executions.js'
import type { JobSettlements } from '../../../../core/contracts/job-ends.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  ExecutionRecord,
  Fault,
  HttpRequestRecord,
  LogEntry
} from '../../../../core/contracts/records.js'
import { partTables, type PartTable } from '../../executions/part-tables.js'
import type { Database } from '../db/database.js'
import { quoteNames } from '../db/sql-text.js'
import { texts } from '../db/values.js'
import { listedColumns, toExecution, visible, wholeColumns, type ExecutionRow } from './columns.js'
import { createExecutionExpiry } from './expiry.js'
import { listExecutions } from './list.js'
import type { MaskedRecorder } from './masked-recorder.js'
import { endSqlOfUnfinished } from './unfinished.js'
import type { ExecutionWriter } from './writer.js'

interface Parts {
  readonly db: Database
  readonly writer: ExecutionWriter
  /** The writer, behind the masking of secrets. */
  readonly recorder: MaskedRecorder
  readonly backgroundStripe: () => number
  readonly node: () => number
}

const TAGS = ['executions', 'functions']

export class PostgresExecutionStore implements ExecutionStore {
  readonly expire: ExecutionStore['expire']

  constructor(private readonly parts: Parts) {
    this.expire = createExecutionExpiry(parts.db, parts.backgroundStripe)
  }

  begin(execution: NewExecution): void {
    this.parts.recorder.begin(execution)
  }

  linkToExecution(executionId: string): void {
    this.parts.writer.linkToExecution(executionId)
  }

  makeDurable(executionId: string): Promise<void> {
    return this.parts.recorder.makeDurable(executionId)
  }

  appendLogs(executionId: string, entries: readonly LogEntry[]): void {
    this.parts.recorder.appendLogs(executionId, entries)
  }

  appendAiRequest(request: AiRequestRecord): void {
    this.parts.recorder.appendAiRequest(request)
  }

  appendEmailRequest(request: EmailRequestRecord): void {
    this.parts.recorder.appendEmailRequest(request)
  }

  appendHttpRequest(request: HttpRequestRecord): void {
    this.parts.recorder.appendHttpRequest(request)
  }

  finish(execution: FinishedExecution, job?: JobSettlements): Promise<void> {
    return this.parts.recorder.finish(execution, job)
  }

  find(id: string): Promise<ExecutionRecord | undefined> {
    return this.readOne(id, wholeColumns)
  }

  findListed(id: string): Promise<ExecutionRecord | undefined> {
    return this.readOne(id, listedColumns)
  }

  async list(
    functionId: string,
    page: Page,
    filter: ExecutionFilter = {}
  ): Promise<Paged<ExecutionRecord>> {
    const { db, writer, recorder } = this.parts
    await recorder.allBegun()
    writer.showRunning(execution => execution.functionId === functionId)
    return db.read(TAGS, session => listExecutions(session, functionId, page, filter))
  }

  async listAttempts(jobId: string, limit: number): Promise<ExecutionRecord[]> {
    const { db, writer, recorder } = this.parts
    await recorder.allBegun()
    writer.showRunning(execution => execution.jobId === jobId)
    const rows = await db.all<ExecutionRow>(
      TAGS,
      `select ${listedColumns} ${visible} and e.job_id = $1 order by e.id desc limit $2`,
      jobId,
      limit
    )
    return rows.map(toExecution).reverse()
  }

  logs(executionId: string, page: Page): Promise<Paged<LogEntry>> {
    return this.readPart(partTables.logs, executionId, page)
  }

  aiRequests(executionId: string, page: Page): Promise<Paged<AiRequestRecord>> {
    return this.readPart(partTables.ai, executionId, page)
  }

  emailRequests(executionId: string, page: Page): Promise<Paged<EmailRequestRecord>> {
    return this.readPart(partTables.email, executionId, page)
  }

  async httpRequests(
    executionId: string,
    page: Page
  ): Promise<Paged<HttpRequestRecord> & { readonly leftOut: number }> {
    const found = await this.readPart(partTables.http, executionId, page)
    const row = await this.parts.db.get<{ leftOut: number | null }>(
      TAGS,
      'select http_left_out as "leftOut" from executions where id = $1',
      executionId
    )
    return { ...found, leftOut: row?.leftOut ?? 0 }
  }

  async latest(functionIds: readonly string[]): Promise<Map<string, ExecutionRecord>> {
    const { db, writer, recorder } = this.parts
    const wanted = new Set(functionIds)
    await recorder.allBegun()
    writer.showRunning(({ functionId }) => wanted.has(functionId))
    const rows = await db.all<ExecutionRow>(
      TAGS,
      `select ${listedColumns} from unnest($1::text[]) as wanted (id) join functions f on f.id = wanted.id
       join lateral (
         select n.* from executions n where n.function = f.seq and not exists
           (select 1 from purges p where p.function = n.function and p.version = n.version)
         order by n.id desc limit 1
       ) e on true`,
      texts([...wanted])
    )
    return new Map(rows.map(row => [row.functionId, toExecution(row)]))
  }

  async closeUnfinished(
    fault: Fault,
    errorMessage: string,
    whose: 'all' | 'of others' = 'all'
  ): Promise<number> {
    const faultJson = JSON.stringify(fault)
    const more = Buffer.byteLength(faultJson) + Buffer.byteLength(errorMessage)
    const { db, node } = this.parts
    const row = await db.transaction(TAGS, session =>
      session.get<{ count: number }>(
        endSqlOfUnfinished,
        db.stripe(),
        errorMessage,
        faultJson,
        fault.kind,
        more,
        node(),
        whose === 'all'
      )
    )
    return row?.count ?? 0
  }

  async lastId(): Promise<string | undefined> {
    const row = await this.parts.db.get<{ id: string | null }>(
      TAGS,
      'select max(id) as id from executions'
    )
    return row?.id ?? undefined
  }

  private async readOne(id: string, columns: string): Promise<ExecutionRecord | undefined> {
    await this.parts.recorder.whenBegun(id)
    this.parts.writer.showOne(id)
    const row = await this.parts.db.get<ExecutionRow>(
      TAGS,
      `select ${columns} ${visible} and e.id = $1`,
      id
    )
    return row && toExecution(row)
  }

  private async readPart<Row, T>(
    { name, columns, order, convert }: PartTable<Row, T>,
    executionId: string,
    { limit, offset }: Page
  ): Promise<Paged<T>> {
    await this.parts.recorder.whenBegun(executionId)
    this.parts.writer.showOne(executionId)
    const selected = quoteNames(columns.replace('e.id', 'r.execution'))
    const source = `from ${name} r where r.execution = $1 and exists (select 1 ${visible} and e.id = $1)`
    return this.parts.db.read(TAGS, session =>
      session.page(
        {
          sql: `select ${selected} ${source} order by ${order} limit $2 offset $3`,
          values: [executionId, limit, offset]
        },
        { sql: `select count(*) as total ${source}`, values: [executionId] },
        convert
      )
    )
  }
}
