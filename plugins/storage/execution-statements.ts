/** The statements of the hot path, prepared once. Positional, which binds fastest. */
import type { Database } from 'better-sqlite3'
import type { FinishedExecution, NewExecution } from '../../core/contracts/storage.js'
import type { LogEntry } from '../../core/contracts/records.js'
import { PENDING, toLevelNumber, toStatusNumber } from './execution-rows.js'

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

  return {
    insertPending: (functionKey, version, { id, trigger, createdAt, eventJson }) =>
      Number(insert.run(id, functionKey, version, PENDING, trigger, createdAt, null, null, null, eventJson, null, null).lastInsertRowid),
    insertFinished (functionKey, version, execution) {
      const { id, status, trigger, createdAt, durationMs, errorMessage, fault, eventJson, responseJson, statusCode } = execution
      return Number(insert.run(id, functionKey, version, toStatusNumber(status), trigger, createdAt, Math.round(durationMs),
        errorMessage ?? null, fault === undefined ? null : JSON.stringify(fault), eventJson, responseJson ?? null,
        statusCode ?? null).lastInsertRowid)
    },
    finish: (row, { status, durationMs, errorMessage, fault, responseJson, statusCode }) =>
      update.run(toStatusNumber(status), Math.round(durationMs), errorMessage ?? null,
        fault === undefined ? null : JSON.stringify(fault), responseJson ?? null, statusCode ?? null, row).changes > 0,
    insertLogs (row, first, logs) {
      let n = first
      for (const { level, createdAt, message } of logs) log.run(row, n++, toLevelNumber(level), createdAt, message)
      return n
    }
  }
}
