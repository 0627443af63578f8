/** The statements of the hot path, prepared once. Positional, which binds fastest. */
import type { Database } from 'better-sqlite3'
import type { FinishedExecution, NewExecution } from '../../core/contracts/storage.js'
import type { LogEntry } from '../../core/contracts/records.js'
import { PENDING, toLevelNumber, toStatusNumber } from './execution-rows.js'
import { fitsRow, toListedEvent } from './listed-event.js'

export interface ExecutionStatements {
  /** Gives the row's key. */
  insertPending (functionKey: number, version: number, execution: NewExecution): number
  insertFinished (functionKey: number, version: number, execution: FinishedExecution): number
  /** False: the pending row is gone. */
  finish (row: number, execution: FinishedExecution): boolean
  /** Gives the number of the next log. */
  insertLogs (row: number, first: number, logs: readonly LogEntry[]): number
}

export function prepareExecutionStatements (db: Database): ExecutionStatements {
  const insert = db.prepare(`
    insert into executions (id, function, version, status, trigger, created_at, duration_ms, error_message, fault_json, event_json,
      response_json, status_code)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const update = db.prepare(`
    update executions set status = ?, duration_ms = ?, error_message = ?, fault_json = ?, response_json = ?,
      status_code = ?
    where seq = ? and status = 0`)
  const log = db.prepare('insert into logs (execution, n, level, created_at, message) values (?, ?, ?, ?, ?)')

  const largeEvent = db.prepare('insert into large_events (execution, event_json) values (?, ?)')
  const largeResponse = db.prepare('insert into large_responses (execution, response_json) values (?, ?)')

  /** Gives the row's key. */
  function insertRow (functionKey: number, version: number, execution: NewExecution, ended?: FinishedExecution): number {
    const { id, trigger, createdAt, eventJson } = execution
    const isWhole = fitsRow(eventJson)
    const status = ended === undefined ? PENDING : toStatusNumber(ended.status)
    const row = Number(insert.run(id, functionKey, version, status, trigger, createdAt,
      ended === undefined ? null : Math.round(ended.durationMs), ended?.errorMessage ?? null, toFaultJson(ended),
      isWhole ? eventJson : toListedEvent(eventJson), toRowText(ended?.responseJson), ended?.statusCode ?? null).lastInsertRowid)
    if (!isWhole) largeEvent.run(row, eventJson)
    return row
  }

  function keepLargeResponse (row: number, responseJson: string | undefined): void {
    if (responseJson !== undefined && !fitsRow(responseJson)) largeResponse.run(row, responseJson)
  }

  return {
    insertPending: (functionKey, version, execution) => insertRow(functionKey, version, execution),
    insertFinished (functionKey, version, execution) {
      const row = insertRow(functionKey, version, execution, execution)
      keepLargeResponse(row, execution.responseJson)
      return row
    },
    finish (row, execution) {
      const { status, durationMs, errorMessage, responseJson, statusCode } = execution
      const isThere = update.run(toStatusNumber(status), Math.round(durationMs), errorMessage ?? null,
        toFaultJson(execution), toRowText(responseJson), statusCode ?? null, row).changes > 0
      if (isThere) keepLargeResponse(row, responseJson)
      return isThere
    },
    insertLogs (row, first, logs) {
      let n = first
      for (const { level, createdAt, message } of logs) log.run(row, n++, toLevelNumber(level), createdAt, message)
      return n
    }
  }
}

const toFaultJson = (execution: FinishedExecution | undefined): string | null =>
  execution?.fault === undefined ? null : JSON.stringify(execution.fault)

const toRowText = (text: string | undefined): string | null => text !== undefined && fitsRow(text) ? text : null
