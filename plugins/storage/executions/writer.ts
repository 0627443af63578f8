/**
 * Writes executions as rarely as the promises allow. A run is only noted in memory when it begins. Its pending
 * row is written when the run makes something durable (in the same transaction), when it adds logs or requests
 * early, when somebody asks for it, or when it is still running after PENDING_AFTER_MS. A run that ends before
 * all that costs one insert.
 *
 * What a failed batch took back is written again at `finish`, which thus keeps its promise for the whole run. Where
 * `finish` itself fails, its caller is told, and a pending row gets its end as soon as the database takes writes again.
 */
import type { Database } from 'better-sqlite3'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'
import {
  MAX_HTTP_REQUESTS,
  type FinishedExecution,
  type NewExecution
} from '../../../core/contracts/executions.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Batch } from '../db/batch.js'
import type { ExecutionCounts } from './counts.js'
import { PENDING, toStatusNumber, toVersionNumber } from './rows.js'
import { prepareExecutionStatements } from './statements.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import { createLateEnds } from './late-ends.js'
import type { IdSkew } from './id-skew.js'
import { prepareRequestStatements } from './request-rows.js'
import type { StoredBytes } from '../quotas/stored-bytes.js'
import { createRunning, noteWritten, settleBatch, type Part, type Running } from './running.js'

export interface ExecutionWriter {
  begin(execution: NewExecution): void
  linkToExecution(executionId: string): void
  appendLogs(executionId: string, logs: readonly LogEntry[]): void
  appendAiRequest(request: AiRequestRecord): void
  appendEmailRequest(request: EmailRequestRecord): void
  appendHttpRequest(request: HttpRequestRecord): void
  finish(execution: FinishedExecution): Promise<void>
  /** Writes the pending rows of those running executions, so that a read shows them. */
  show(wanted: (execution: NewExecution) => boolean): void
  showOne(executionId: string): void
  /** Runs of this version leave no record any more; `keep` takes that back. */
  discard(functionRowId: number, version: number): void
  keep(functionRowId: number, version: number): void
  stop(): void
}

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly counts: ExecutionCounts
  readonly skew: IdSkew
  readonly stored: StoredBytes
}

const LOST = 'The database could not keep what this execution stored.'
const withoutWrites = (execution: FinishedExecution): FinishedExecution => ({
  ...execution,
  status: 'error',
  statusCode: undefined,
  errorMessage: LOST,
  fault: { kind: 'runtime', message: LOST },
  responseJson: undefined
})

/** A run may be up to twice as old before its pending row is written: one timer serves all. */
const PENDING_AFTER_MS = 20

export function createExecutionWriter({
  db,
  batch,
  rowIds,
  counts,
  skew,
  stored
}: Parts): ExecutionWriter {
  /** What the write at hand has written. */
  let bytes = 0
  const written = (more: number): void => {
    bytes += more
  }
  const statements = prepareExecutionStatements(db, written)
  const requests = prepareRequestStatements(db, written)
  const rowOf = db.prepare<[string], { seq: number; function: number }>(
    'select seq, function from executions where id = ?'
  )

  const noteCronRun = db.prepare<[number, number]>(
    'update functions set last_cron_at = max(ifnull(last_cron_at, 0), ?) where seq = ?'
  )

  const running = new Map<string, Running>()
  const discarded = new Set<string>()
  let inBatch: Running[] = []
  let touched: Running[] = []
  let young: Running[] = []
  let aging: Running[] = []
  let timer: NodeJS.Timeout | undefined
  const lateEnds = createLateEnds((run, execution) =>
    batch.transaction(() => {
      writeFinished(run, withoutWrites(execution))
    })
  )

  batch.onCommit({
    before() {
      for (const run of touched) writeTouched(run)
    },
    after(durable) {
      for (const run of inBatch) settleBatch(run, durable)
      for (const run of touched) {
        run.touched = false
        if (!durable) run.lost = true
      }
      inBatch = []
      touched = []
    }
  })

  /** A run whose record cannot be written must not spoil the batch of the others; its `finish` meets the error again. */
  function writeTouched(run: Running): void {
    try {
      if (!run.done && run.row === undefined) writePending(run)
    } catch {}
  }

  function age(): void {
    for (const run of aging) if (run.row === undefined) save(run)
    aging = young
    young = []
    timer = aging.length > 0 ? setTimeout(age, PENDING_AFTER_MS) : undefined
  }

  /** Writes the pending row, if there is none, and the queued parts; within a batch. */
  function writePending(run: Running): void {
    if (run.done || (run.row !== undefined && run.queued.length === 0)) return
    const { execution } = run
    const place = placeOf(execution)
    if (place === undefined) return
    bytes = 0
    const row = run.row ?? statements.insertPending(place.functionRowId, place.version, execution)
    const nextLog = writeParts(run, row)
    if (run.row === undefined) {
      noteNew(place.functionRowId, execution)
      counts.add(place.functionRowId, place.version, execution.trigger, PENDING, 1)
    }
    stored.add(place.functionRowId, 'history', bytes)
    if (run.inBatch === undefined) inBatch.push(run)
    noteWritten(run, row, nextLog)
  }

  function writeParts(run: Running, row: number): number {
    let next = run.nextLog
    for (const part of run.queued) next = part(row, next)
    return next
  }

  function save(run: Running): void {
    if (run.done) return
    batch.transaction(() => writePending(run)).catch(() => {})
  }

  function append(executionId: string, part: Part): void {
    const run = running.get(executionId)
    if (run === undefined) return appendToRecord(executionId, part)
    run.queued.push(part)
    save(run)
  }

  /** Of an execution that finished before, as imports write them. */
  function appendToRecord(executionId: string, part: Part): void {
    batch
      .transaction(() => {
        const row = rowOf.get(executionId)
        if (row === undefined) return
        bytes = 0
        part(row.seq, 0)
        stored.add(row.function, 'history', bytes)
      })
      .catch(() => {})
  }

  function writeFinished(run: Running, execution: FinishedExecution): void {
    const place = placeOf(execution)
    if (place === undefined) return
    const { functionRowId, version } = place
    const { trigger } = execution
    bytes = 0
    if (run.row !== undefined && !statements.finish(run.row, execution)) return
    const row = run.row ?? statements.insertFinished(functionRowId, version, execution)
    statements.insertLogs(row, writeParts(run, row), execution.logs)
    if (run.httpRequests > MAX_HTTP_REQUESTS) {
      requests.noteLeftOut(row, run.httpRequests - MAX_HTTP_REQUESTS)
    }
    if (run.row === undefined) noteNew(functionRowId, execution)
    else counts.add(functionRowId, version, trigger, PENDING, -1)
    counts.add(functionRowId, version, trigger, toStatusNumber(execution.status), 1)
    stored.add(functionRowId, 'history', bytes)
  }

  /** What its function keeps of an execution that has just got its row. */
  function noteNew(functionRowId: number, { id, trigger, createdAt }: NewExecution): void {
    skew.note(functionRowId, id, createdAt)
    if (trigger === 'cron') noteCronRun.run(createdAt, functionRowId)
  }

  /** Undefined when the function or the version was removed meanwhile: then there is nothing to write. */
  function placeOf({
    functionId,
    versionId
  }: NewExecution): { functionRowId: number; version: number } | undefined {
    const functionRowId = rowIds.find(functionId)
    if (functionRowId === undefined) return undefined
    const version = toVersionNumber(functionId, versionId)
    return discarded.size > 0 && discarded.has(`${functionRowId} ${version}`)
      ? undefined
      : { functionRowId, version }
  }

  return {
    begin(execution) {
      const run = createRunning(execution)
      running.set(execution.id, run)
      young.push(run)
      timer ??= setTimeout(age, PENDING_AFTER_MS)
    },
    linkToExecution(executionId) {
      const run = running.get(executionId)
      if (run === undefined || run.touched) return
      run.touched = true
      touched.push(run)
    },
    appendLogs: (executionId, logs) => {
      append(executionId, (row, next) => statements.insertLogs(row, next, logs))
    },
    appendAiRequest: request => {
      append(request.executionId, (row, next) => {
        requests.insertAi(row, request)
        return next
      })
    },
    appendEmailRequest: request => {
      append(request.executionId, (row, next) => {
        requests.insertEmail(row, request)
        return next
      })
    },
    appendHttpRequest(request) {
      const run = running.get(request.executionId)
      if (run !== undefined && ++run.httpRequests > MAX_HTTP_REQUESTS) return
      append(request.executionId, (row, next) => {
        requests.insertHttp(row, request)
        return next
      })
    },
    finish(execution) {
      const run = running.get(execution.id) ?? createRunning(execution)
      running.delete(execution.id)
      run.done = true
      const write = () => writeFinished(run, run.lost ? withoutWrites(execution) : execution)
      const written =
        execution.logs.length === 0 && run.queued.length === 0
          ? batch.write(write)
          : batch.transaction(write)
      written.catch(() => {
        lateEnds.add(run, execution)
      })
      return run.lost
        ? written.then(() => {
            throw new MoonletError('STORAGE_FAILED', LOST)
          })
        : written
    },
    show(wanted) {
      for (const run of running.values()) {
        if (run.row === undefined && wanted(run.execution)) save(run)
      }
    },
    showOne(executionId) {
      const run = running.get(executionId)
      if (run !== undefined && run.row === undefined) save(run)
    },
    discard: (functionRowId, version) => {
      discarded.add(`${functionRowId} ${version}`)
    },
    keep: (functionRowId, version) => {
      discarded.delete(`${functionRowId} ${version}`)
    },
    stop() {
      clearTimeout(timer)
      lateEnds.stop()
    }
  }
}
