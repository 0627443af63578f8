/** The statements of the hot path, prepared once. Positional parameters bind fastest. */
import type { Database, Statement } from 'better-sqlite3'
import type { FinishedExecution, NewExecution } from '../../../core/contracts/executions.js'
import type { LogEntry } from '../../../core/contracts/records.js'
import { bytesOf, bytesSql } from '../quotas/row-bytes.js'
import { fitsRow, toListedEvent } from './listed-event.js'
import { packText } from './packed-text.js'
import { PENDING, toLevelNumber, toStatusNumber } from './rows.js'

export class ExecutionStatements {
  private readonly sql: ReturnType<typeof prepareStatements>

  /** `countBytes` is called with the bytes of each row, as quotas measure them. */
  constructor(
    db: Database,
    private readonly countBytes: (bytes: number) => void
  ) {
    this.sql = prepareStatements(db)
  }

  /** Returns the id of the row. */
  insertPending(functionRowId: number, version: number, execution: NewExecution): number {
    return this.insertRow(functionRowId, version, execution)
  }

  /** Returns the id of the row. */
  insertFinished(functionRowId: number, version: number, end: FinishedExecution): number {
    if (isPlain(end)) return this.insertPlain(functionRowId, version, end)
    const rowId = this.insertRow(functionRowId, version, end, end)
    this.keepLargeResponse(rowId, end.responseJson)
    return rowId
  }

  /** False: the pending row is gone. */
  finish(rowId: number, end: FinishedExecution): boolean {
    const { error, fault, response } = endTexts(end)
    const before = this.sql.size.get(rowId) ?? 0
    const { changes } = this.sql.update.run(
      toStatusNumber(end.status),
      Math.round(end.durationMs),
      error,
      fault,
      response,
      end.statusCode ?? null,
      end.stream?.size ?? null,
      end.stream?.firstByteMs ?? null,
      rowId
    )
    if (changes === 0) return false
    this.countBytes((this.sql.size.get(rowId) ?? 0) - before)
    this.keepLargeResponse(rowId, end.responseJson)
    return true
  }

  /** Returns the number of the next log. */
  insertLogs(rowId: number, first: number, logs: readonly LogEntry[]): number {
    let n = first
    for (const { level, createdAt, message } of logs) {
      this.sql.insertLog.run(rowId, n++, toLevelNumber(level), createdAt, message)
      this.countBytes(bytesOf('logs', message))
    }
    return n
  }

  /** As `insertRow`, with half the columns: nearly all rows of a busy server are of this kind. It saves 0.4 of 8 µs. */
  private insertPlain(functionRowId: number, version: number, end: FinishedExecution): number {
    const { id, trigger, createdAt, eventJson } = end
    const { lastInsertRowid } = this.sql.insertPlain.run(
      id,
      functionRowId,
      version,
      toStatusNumber(end.status),
      trigger,
      createdAt,
      Math.round(end.durationMs),
      eventJson,
      end.statusCode
    )
    this.countBytes(bytesOf('executions', eventJson))
    return Number(lastInsertRowid)
  }

  private insertRow(
    functionRowId: number,
    version: number,
    execution: NewExecution,
    end?: FinishedExecution
  ): number {
    const { id, trigger, createdAt, eventJson, jobId, attempt } = execution
    const isWhole = fitsRow(eventJson)
    const event = isWhole ? eventJson : toListedEvent(eventJson)
    const { error, fault, response } = endTexts(end)
    const { lastInsertRowid } = this.sql.insert.run(
      id,
      functionRowId,
      version,
      end === undefined ? PENDING : toStatusNumber(end.status),
      trigger,
      createdAt,
      end === undefined ? null : Math.round(end.durationMs),
      error,
      fault,
      event,
      response,
      end?.statusCode ?? null,
      jobId ?? null,
      attempt ?? null,
      end?.stream?.size ?? null,
      end?.stream?.firstByteMs ?? null
    )
    const rowId = Number(lastInsertRowid)
    this.countBytes(bytesOf('executions', error, fault, event, response))
    if (isWhole) return rowId
    this.insertLarge(rowId, 'event', eventJson)
    return rowId
  }

  private keepLargeResponse(rowId: number, responseJson: string | undefined): void {
    if (responseJson === undefined || fitsRow(responseJson)) return
    this.insertLarge(rowId, 'response', responseJson)
  }

  private insertLarge(rowId: number, kind: 'event' | 'response', json: string): void {
    const packed = packText(json)
    const name = packed === undefined ? (`large_${kind}s` as const) : (`packed_${kind}s` as const)
    this.sql[name].run(rowId, packed ?? json)
    this.countBytes(bytesOf(name, packed ?? json))
  }
}

function prepareStatements(db: Database) {
  const size: Statement<[number], number> = db
    .prepare<[number], number>(`select ${bytesSql('executions')} from executions where seq = ?`)
    .pluck()
  return {
    size,
    insert: db.prepare(`
      insert into executions (id, function, version, status, trigger, created_at, duration_ms, error_message,
        fault_json, event_json, response_json, status_code, job_id, attempt, stream_size, first_byte_ms)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertPlain: db.prepare(`
      insert into executions (id, function, version, status, trigger, created_at, duration_ms, event_json, status_code)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: db.prepare(`
      update executions set status = ?, duration_ms = ?, error_message = ?, fault_json = ?, response_json = ?,
        status_code = ?, stream_size = ?, first_byte_ms = ?
      where seq = ? and status = 0`),
    insertLog: db.prepare(
      'insert into logs (execution, n, level, created_at, message) values (?, ?, ?, ?, ?)'
    ),
    large_events: db.prepare('insert into large_events (execution, event_json) values (?, ?)'),
    large_responses: db.prepare(
      'insert into large_responses (execution, response_json) values (?, ?)'
    ),
    packed_events: db.prepare('insert into packed_events (execution, zstd) values (?, ?)'),
    packed_responses: db.prepare('insert into packed_responses (execution, zstd) values (?, ?)')
  }
}

/** It gave a whole answer, of which nothing is kept, to a small event, and was no attempt of a job. */
const isPlain = (end: FinishedExecution): boolean =>
  end.statusCode !== undefined &&
  end.errorMessage === undefined &&
  end.fault === undefined &&
  end.responseJson === undefined &&
  end.stream === undefined &&
  end.jobId === undefined &&
  fitsRow(end.eventJson)

/** What a row gets when its execution ends; nothing while it is pending. */
function endTexts(end: FinishedExecution | undefined) {
  const { errorMessage, fault, responseJson } = end ?? {}
  return {
    error: errorMessage ?? null,
    fault: fault === undefined ? null : JSON.stringify(fault),
    response: responseJson !== undefined && fitsRow(responseJson) ? responseJson : null
  }
}
