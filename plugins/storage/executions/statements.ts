/** The statements of the hot path, prepared once. Positional, which binds fastest. */
import type { Database } from 'better-sqlite3'
import type { FinishedExecution, NewExecution } from '../../../core/contracts/executions.js'
import type { LogEntry } from '../../../core/contracts/records.js'
import { PENDING, toLevelNumber, toStatusNumber } from './rows.js'
import { fitsRow, toListedEvent } from './listed-event.js'
import { bytesOf, bytesSql } from '../quotas/row-bytes.js'

export interface ExecutionStatements {
  /** Gives the row's key. */
  insertPending(functionRowId: number, version: number, execution: NewExecution): number
  insertFinished(functionRowId: number, version: number, execution: FinishedExecution): number
  /** False: the pending row is gone. */
  finish(row: number, execution: FinishedExecution): boolean
  /** Gives the number of the next log. */
  insertLogs(row: number, first: number, logs: readonly LogEntry[]): number
}

/** `written` is told the bytes of each row, by the measure of quotas. */
export function prepareExecutionStatements(
  db: Database,
  written: (bytes: number) => void
): ExecutionStatements {
  const insert = db.prepare(`
    insert into executions (id, function, version, status, trigger, created_at, duration_ms, error_message, fault_json, event_json,
      response_json, status_code)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = db.prepare(`
    update executions set status = ?, duration_ms = ?, error_message = ?, fault_json = ?, response_json = ?,
      status_code = ?
    where seq = ? and status = 0`)
  const log = db.prepare(
    'insert into logs (execution, n, level, created_at, message) values (?, ?, ?, ?, ?)'
  )

  const sizeOf = db
    .prepare<[number], number>(`select ${bytesSql('executions')} from executions where seq = ?`)
    .pluck()
  const largeEvent = db.prepare('insert into large_events (execution, event_json) values (?, ?)')
  const largeResponse = db.prepare(
    'insert into large_responses (execution, response_json) values (?, ?)'
  )

  /** Gives the row's key. */
  function insertRow(
    functionRowId: number,
    version: number,
    execution: NewExecution,
    ended?: FinishedExecution
  ): number {
    const { id, trigger, createdAt, eventJson } = execution
    const isWhole = fitsRow(eventJson)
    const status = ended === undefined ? PENDING : toStatusNumber(ended.status)
    const durationMs = ended === undefined ? null : Math.round(ended.durationMs)
    const texts = endTexts(ended)
    const event = isWhole ? eventJson : toListedEvent(eventJson)
    const row = Number(
      insert.run(
        id,
        functionRowId,
        version,
        status,
        trigger,
        createdAt,
        durationMs,
        texts.error,
        texts.fault,
        event,
        texts.response,
        ended?.statusCode ?? null
      ).lastInsertRowid
    )
    written(bytesOf('executions', texts.error, texts.fault, event, texts.response))
    if (isWhole) return row
    largeEvent.run(row, eventJson)
    written(bytesOf('large_events', eventJson))
    return row
  }

  function keepLargeResponse(row: number, responseJson: string | undefined): void {
    if (responseJson === undefined || fitsRow(responseJson)) return
    largeResponse.run(row, responseJson)
    written(bytesOf('large_responses', responseJson))
  }

  return {
    insertPending: (functionRowId, version, execution) =>
      insertRow(functionRowId, version, execution),
    insertFinished(functionRowId, version, execution) {
      const row = insertRow(functionRowId, version, execution, execution)
      keepLargeResponse(row, execution.responseJson)
      return row
    },
    finish(row, execution) {
      const { error, fault, response } = endTexts(execution)
      const before = sizeOf.get(row) ?? 0
      const isThere =
        update.run(
          toStatusNumber(execution.status),
          Math.round(execution.durationMs),
          error,
          fault,
          response,
          execution.statusCode ?? null,
          row
        ).changes > 0
      if (!isThere) return false
      written((sizeOf.get(row) ?? 0) - before)
      keepLargeResponse(row, execution.responseJson)
      return true
    },
    insertLogs(row, first, logs) {
      let n = first
      for (const { level, createdAt, message } of logs) {
        log.run(row, n++, toLevelNumber(level), createdAt, message)
        written(bytesOf('logs', message))
      }
      return n
    }
  }
}

/** What a row gets at the end of its run; of one that goes on nothing. */
function endTexts(ended: FinishedExecution | undefined) {
  const { errorMessage, fault, responseJson } = ended ?? {}
  return {
    error: errorMessage ?? null,
    fault: fault === undefined ? null : JSON.stringify(fault),
    response: responseJson !== undefined && fitsRow(responseJson) ? responseJson : null
  }
}
