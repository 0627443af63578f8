/**
 * The rows of an execution, written together with what follows from them: totals, stored bytes, the skew of ids and
 * the time of the last scheduled run. Every method must be called within a batch.
 */
import type { Database, Statement } from 'better-sqlite3'
import {
  MAX_HTTP_REQUESTS,
  type FinishedExecution,
  type NewExecution
} from '../../../core/contracts/executions.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import type { ExecutionCounts } from './counts.js'
import type { IdSkew } from './id-skew.js'
import { RequestStatements } from './request-statements.js'
import { PENDING, toStatusNumber, toVersionNumber } from './rows.js'
import type { Part, RunningExecution } from './running-execution.js'
import { ExecutionStatements } from './statements.js'

export interface RecordsParts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
  readonly stored: StoredBytes
}

interface Owner {
  readonly functionRowId: number
  readonly version: number
}

export class ExecutionRecords {
  readonly statements: ExecutionStatements
  readonly requests: RequestStatements
  private readonly findRow: Statement<[string], { seq: number; function: number }>
  private readonly noteCronRun: Statement<[number, number]>
  private readonly discarded = new Set<string>()
  /** Written by the method at hand. */
  private bytes = 0

  constructor(private readonly parts: RecordsParts) {
    const { db } = parts
    const countBytes = (more: number): void => {
      this.bytes += more
    }
    this.statements = new ExecutionStatements(db, countBytes)
    this.requests = new RequestStatements(db, countBytes)
    this.findRow = db.prepare('select seq, function from executions where id = ?')
    this.noteCronRun = db.prepare(
      'update functions set last_cron_at = max(ifnull(last_cron_at, 0), ?) where seq = ?'
    )
  }

  /** Writes the pending row, if there is none, and the queued parts. */
  writePending(running: RunningExecution): void {
    const { execution } = running
    const owner = this.findOwner(execution)
    if (owner === undefined) return
    const { functionRowId, version } = owner
    this.bytes = 0
    const rowId = running.rowId ?? this.statements.insertPending(functionRowId, version, execution)
    const nextLog = writeParts(running, rowId)
    if (running.rowId === undefined) {
      this.noteNew(functionRowId, execution)
      this.parts.counts.add(functionRowId, version, execution.trigger, PENDING, 1)
    }
    this.parts.stored.add(functionRowId, 'history', this.bytes)
    running.noteWritten(rowId, nextLog)
  }

  /** Writes the end, and everything of the execution that is not written yet. */
  writeFinished(running: RunningExecution, end: FinishedExecution): void {
    const owner = this.findOwner(end)
    if (owner === undefined) return
    const { functionRowId, version } = owner
    const { counts, stored } = this.parts
    this.bytes = 0
    if (running.rowId !== undefined && !this.statements.finish(running.rowId, end)) return
    const rowId = running.rowId ?? this.statements.insertFinished(functionRowId, version, end)
    this.statements.insertLogs(rowId, writeParts(running, rowId), end.logs)
    const leftOut = running.httpRequests - MAX_HTTP_REQUESTS
    if (leftOut > 0) this.requests.noteLeftOut(rowId, leftOut)
    if (running.rowId === undefined) this.noteNew(functionRowId, end)
    else counts.add(functionRowId, version, end.trigger, PENDING, -1)
    counts.add(functionRowId, version, end.trigger, toStatusNumber(end.status), 1)
    stored.add(functionRowId, 'history', this.bytes)
  }

  /** Adds to an execution that has finished already, as imports do. */
  appendToFinished(executionId: string, part: Part): void {
    const row = this.findRow.get(executionId)
    if (row === undefined) return
    this.bytes = 0
    part(row.seq, 0)
    this.parts.stored.add(row.function, 'history', this.bytes)
  }

  /** Executions of this version leave no record any more; `keepVersion` undoes that. */
  discardVersion(functionRowId: number, version: number): void {
    this.discarded.add(`${functionRowId} ${version}`)
  }

  keepVersion(functionRowId: number, version: number): void {
    this.discarded.delete(`${functionRowId} ${version}`)
  }

  /** What its function remembers of an execution that has just got its row. */
  private noteNew(functionRowId: number, { id, trigger, createdAt }: NewExecution): void {
    this.parts.skew.note(functionRowId, id, createdAt)
    if (trigger === 'cron') this.noteCronRun.run(createdAt, functionRowId)
  }

  /** Undefined when the function or the version was removed meanwhile: then there is nothing to write. */
  private findOwner({ functionId, versionId }: NewExecution): Owner | undefined {
    const functionRowId = this.parts.rowIds.find(functionId)
    if (functionRowId === undefined) return undefined
    const version = toVersionNumber(functionId, versionId)
    const isDiscarded = this.discarded.size > 0 && this.discarded.has(`${functionRowId} ${version}`)
    return isDiscarded ? undefined : { functionRowId, version }
  }
}

function writeParts(running: RunningExecution, rowId: number): number {
  let next = running.nextLog
  for (const part of running.queued) next = part(rowId, next)
  return next
}
