/** ExecutionStore on SQLite: recording, lists, reading and retention put together. */
import type { Database } from 'better-sqlite3'
import type {
  ExecutionFilter,
  ExecutionStore,
  FinishedExecution,
  NewExecution
} from '../../../core/contracts/executions.js'
import type { JobSettlements } from '../../../core/contracts/job-ends.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  ExecutionRecord,
  Fault,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import type { ReadParts } from '../db/long-read.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import { bytesSql } from '../quotas/row-bytes.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import type { ExecutionCounts } from './counts.js'
import { createPartReaders, type PartReader, type PartReaders } from './execution-parts.js'
import { createExecutionExpiry } from './expiry.js'
import type { IdSkew } from './id-skew.js'
import { ExecutionList } from './list.js'
import type { Purges } from './purges.js'
import type { ExecutionRemover } from './remover.js'
import {
  executionColumns,
  PENDING,
  toExecution,
  toStatusNumber,
  visible,
  wholeColumns,
  type ExecutionRow
} from './rows.js'
import type { ExecutionRecorder, ExecutionWriter } from './writer.js'

interface Parts extends ReadParts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
  readonly writer: ExecutionWriter
  /** The writer, behind the masking of secrets. */
  readonly recorder: ExecutionRecorder
  readonly remover: ExecutionRemover
  readonly purges: Purges
  readonly stored: StoredBytes
}

export class SqliteExecutionStore implements ExecutionStore {
  private readonly sql: ReturnType<typeof prepareStatements>
  private readonly lists: ExecutionList
  private readonly readers: PartReaders
  private readonly expireExecutions: ExecutionStore['expire']

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
    this.lists = new ExecutionList(parts)
    this.readers = createPartReaders(parts.db)
    this.expireExecutions = createExecutionExpiry(parts)
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

  appendLogs(executionId: string, logs: readonly LogEntry[]): void {
    this.parts.recorder.appendLogs(executionId, logs)
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
    return this.readOne(id, this.sql.find)
  }

  findListed(id: string): Promise<ExecutionRecord | undefined> {
    return this.readOne(id, this.sql.findListed)
  }

  async list(
    functionId: string,
    page: Page,
    filter: ExecutionFilter = {}
  ): Promise<Paged<ExecutionRecord>> {
    const { batch, rowIds, purges, writer } = this.parts
    writer.showRunning(execution => execution.functionId === functionId)
    const functionRowId = await batch.read(() => rowIds.find(functionId))
    return functionRowId === undefined
      ? { rows: [], total: 0 }
      : this.lists.list(functionRowId, page, filter, purges.versionsOf(functionRowId))
  }

  listAttempts(jobId: string, limit: number): Promise<ExecutionRecord[]> {
    const { batch, writer } = this.parts
    writer.showRunning(execution => execution.jobId === jobId)
    return batch.read(() => this.sql.attempts.all(jobId, limit).map(toExecution).reverse())
  }

  logs(executionId: string, page: Page): Promise<Paged<LogEntry>> {
    return this.readPart(this.readers.logs, executionId, page)
  }

  aiRequests(executionId: string, page: Page): Promise<Paged<AiRequestRecord>> {
    return this.readPart(this.readers.ai, executionId, page)
  }

  emailRequests(executionId: string, page: Page): Promise<Paged<EmailRequestRecord>> {
    return this.readPart(this.readers.email, executionId, page)
  }

  async httpRequests(
    executionId: string,
    page: Page
  ): Promise<Paged<HttpRequestRecord> & { readonly leftOut: number }> {
    const found = await this.readPart(this.readers.http, executionId, page)
    const leftOut = await this.parts.batch.read(() => this.sql.leftOut.get(executionId) ?? 0)
    return { ...found, leftOut }
  }

  latest(functionIds: readonly string[]): Promise<Map<string, ExecutionRecord>> {
    const { batch, writer } = this.parts
    const wanted = new Set(functionIds)
    writer.showRunning(({ functionId }) => wanted.has(functionId))
    return batch.read(() => {
      const found = new Map<string, ExecutionRecord>()
      for (const functionId of wanted) {
        const row = this.findNewest(functionId)
        if (row !== undefined) found.set(functionId, toExecution(row))
      }
      return found
    })
  }

  closeUnfinished(fault: Fault, errorMessage: string): Promise<number> {
    const { batch, counts, stored } = this.parts
    const { pending, failPending, size } = this.sql
    return batch.transaction(() => {
      const rows = pending.all()
      failPending.run(errorMessage, JSON.stringify(fault))
      for (const { seq, function: functionRowId, version, trigger, bytes } of rows) {
        counts.add(functionRowId, version, trigger, PENDING, -1)
        counts.add(functionRowId, version, trigger, toStatusNumber('error'), 1)
        stored.add(functionRowId, 'history', (size.get(seq) ?? 0) - bytes)
      }
      return rows.length
    })
  }

  expire(now: number, batch: number): Promise<number> {
    return this.expireExecutions(now, batch)
  }

  lastId(): Promise<string | undefined> {
    return this.parts.batch.read(() => this.sql.lastId.get() ?? undefined)
  }

  private readOne(
    id: string,
    statement: ReturnType<typeof prepareStatements>['find']
  ): Promise<ExecutionRecord | undefined> {
    this.parts.writer.showOne(id)
    return this.parts.batch.read(() => {
      const row = statement.get(id)
      return row === undefined ? undefined : toExecution(row)
    })
  }

  private readPart<Row, T>(
    reader: PartReader<Row, T>,
    executionId: string,
    page: Page
  ): Promise<Paged<T>> {
    this.parts.writer.showOne(executionId)
    return this.parts.batch.read(() => {
      const rowId = this.sql.rowId.get(executionId)
      return rowId === undefined ? { rows: [], total: 0 } : reader.read(rowId, page)
    })
  }

  private findNewest(functionId: string): ExecutionRow | undefined {
    const { rowIds, purges } = this.parts
    const functionRowId = rowIds.find(functionId)
    if (functionRowId === undefined) return undefined
    return this.sql.newest.get(functionRowId, JSON.stringify(purges.versionsOf(functionRowId)))
  }
}

interface PendingRow {
  readonly seq: number
  readonly function: number
  readonly version: number
  readonly trigger: string
  readonly bytes: number
}

function prepareStatements(db: Database) {
  const bytes = bytesSql('executions')
  return {
    find: db.prepare<[string], ExecutionRow>(`select ${wholeColumns} ${visible} where e.id = ?`),
    findListed: db.prepare<[string], ExecutionRow>(
      `select ${executionColumns}, null as responseJson ${visible} where e.id = ?`
    ),
    rowId: db.prepare<[string], number>(`select e.seq ${visible} where e.id = ?`).pluck(),
    newest: db.prepare<[number, string], ExecutionRow>(
      `select ${executionColumns}, null as responseJson
       from executions e indexed by executions_by_function join functions f on f.seq = e.function
       where e.function = ? and e.version not in (select value from json_each(?)) order by e.id desc limit 1`
    ),
    attempts: db.prepare<[string, number], ExecutionRow>(
      `select ${executionColumns}, null as responseJson
       ${visible.replace('executions e', 'executions e indexed by executions_by_job')}
       where e.job_id = ? order by e.id desc limit ?`
    ),
    lastId: db.prepare<[], string | null>('select max(id) from executions').pluck(),
    leftOut: db
      .prepare<[string], number | null>('select http_left_out from executions where id = ?')
      .pluck(),
    pending: db.prepare<[], PendingRow>(
      `select seq, function, version, trigger, ${bytes} as bytes from executions where status = 0`
    ),
    size: db.prepare<[number], number>(`select ${bytes} from executions where seq = ?`).pluck(),
    failPending: db.prepare<[string, string]>(
      'update executions set status = 2, error_message = ?, fault_json = ? where status = 0'
    )
  }
}
