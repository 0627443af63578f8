/**
 * What one batch writes of executions: each kind of row in one statement, with totals and stored bytes that follow from
 * what was really written.
 */
import { MAX_HTTP_REQUESTS, type FinishedExecution } from '../../../../core/contracts/executions.js'
import type { RequestPart } from '../../executions/request-columns.js'
import { skewOf } from '../../executions/id-skew.js'
import { toLevelNumber } from '../../executions/rows.js'
import type { BatchPart } from '../db/batch.js'
import type { Statement } from '../db/statement.js'
import {
  bytesOfRow,
  largeText,
  measure,
  measureLarge,
  toEndColumns,
  toRowColumns,
  type EndColumns,
  type RowColumns,
  type StoredText
} from './row-columns.js'
import { requestBytes, requestStatements } from './request-rows.js'
import {
  toEnd,
  toGrow,
  toInsert,
  toLarge,
  toLogs,
  toRestore,
  type EndedRow,
  type InsertedRow,
  type LargeText,
  type LogColumns
} from './row-statements.js'
import type { Part, RunningExecution } from './running.js'

/** What this batch does for one execution. */
interface Progress {
  /** The row that is inserted. */
  row: RowColumns | undefined
  /** The end of a row that is there already. */
  end: EndColumns | undefined
  rowBytes: number
  /** Of everything else. */
  bytes: number
  partsDone: number
  nextLog: number
  leftOut: number | null
  readonly large: { event?: StoredText; response?: StoredText }
}

export interface RowsContext {
  readonly node: () => number
  readonly stripe: () => number
  /** By how many seconds ids of this function are known to differ from their times. */
  readonly knownSkew: {
    get(functionId: string): number | undefined
    set(id: string, skew: number): unknown
  }
  /** The batch is durable: the function's history has grown by so many bytes. */
  readonly onGrowth: (functionId: string, bytes: number) => void
}

export class ExecutionRows implements BatchPart {
  private readonly progress = new Map<RunningExecution, Progress>()
  private readonly logs: LogColumns[] = []
  private readonly requests: RequestPart[] = []
  private readonly skews = new Map<string, number>()
  private readonly restored: InsertedRow[] = []

  constructor(private readonly context: RowsContext) {}

  /** The pending row, if there is none, and the parts that wait. */
  pending(running: RunningExecution): void {
    const progress = this.of(running)
    if (!running.hasRow && progress.row === undefined) {
      this.insert(running, progress, toEndColumns(undefined))
    }
    this.addParts(running, progress)
  }

  /** The end, and everything that is not written yet. */
  finish(running: RunningExecution, end: FinishedExecution): void {
    const progress = this.of(running)
    const columns = toEndColumns(end)
    const event = progress.row?.event
    const response = largeText(end.responseJson)
    if (response !== undefined) {
      progress.large.response = response
      progress.bytes += measureLarge('response', response)
    }
    if (running.hasRow) {
      if (running.mayMissRow) this.restore(running)
      const listed = toRowColumns(end, columns).event
      progress.end = columns
      progress.bytes += bytesOfRow(columns, listed) - bytesOfRow(toEndColumns(undefined), listed)
    } else if (progress.row !== undefined && event !== undefined) {
      progress.row = { ...progress.row, ...columns }
      progress.rowBytes = bytesOfRow(columns, event)
    } else {
      this.insert(running, progress, columns, end)
    }
    this.addParts(running, progress)
    if (end.logs.length > 0) this.addPart(end.id, progress, { kind: 'logs', logs: end.logs })
    const leftOut = running.httpRequests - MAX_HTTP_REQUESTS
    if (leftOut > 0) progress.leftOut = leftOut
  }

  last(): Statement[] {
    const { context, progress } = this
    const inserted: InsertedRow[] = []
    const ended: EndedRow[] = []
    const grown: Array<Pick<EndedRow, 'id' | 'bytes'>> = []
    const events: LargeText[] = []
    const responses: LargeText[] = []
    for (const [running, { row, end, rowBytes, bytes, leftOut, large }] of progress) {
      const { id } = running.execution
      if (row !== undefined) inserted.push({ row, bytes: rowBytes + bytes, leftOut })
      else if (end !== undefined) ended.push({ id, end, bytes, leftOut })
      else if (bytes > 0) grown.push({ id, bytes })
      if (large.event !== undefined) events.push({ id, text: large.event })
      if (large.response !== undefined) responses.push({ id, text: large.response })
    }
    return [
      ...toRestore(context, this.restored),
      ...toInsert(context, inserted),
      ...toEnd(context, ended),
      ...toGrow(context, grown),
      ...toLarge('event', events),
      ...toLarge('response', responses),
      ...toLogs(this.logs),
      ...requestStatements(this.requests),
      ...[...this.skews].map(([functionId, skew]) => ({
        sql: 'update functions set id_skew = $2 where id = $1 and id_skew < $2',
        values: [functionId, skew]
      }))
    ]
  }

  committed(): void {
    for (const [running, { partsDone, nextLog, rowBytes, bytes }] of this.progress) {
      running.hasRow = true
      running.queued.splice(0, partsDone)
      running.nextLog = nextLog
      this.context.onGrowth(running.execution.functionId, rowBytes + bytes)
    }
    for (const [functionId, skew] of this.skews) this.context.knownSkew.set(functionId, skew)
  }

  private of(running: RunningExecution): Progress {
    const known = this.progress.get(running)
    if (known !== undefined) return known
    const made: Progress = {
      row: undefined,
      end: undefined,
      rowBytes: 0,
      bytes: 0,
      partsDone: 0,
      nextLog: running.nextLog,
      leftOut: null,
      large: {}
    }
    this.progress.set(running, made)
    return made
  }

  private insert(
    running: RunningExecution,
    progress: Progress,
    end: EndColumns,
    execution = running.execution
  ): void {
    const row = toRowColumns(execution, end)
    progress.row = row
    progress.rowBytes = bytesOfRow(end, row.event)
    const event = largeText(execution.eventJson)
    if (event !== undefined) {
      progress.large.event = event
      progress.bytes += measureLarge('event', event)
    }
    this.noteSkew(row)
  }

  private restore({ execution }: RunningExecution): void {
    const end = toEndColumns(undefined)
    const row = toRowColumns(execution, end)
    this.restored.push({ row, bytes: bytesOfRow(end, row.event), leftOut: null })
  }

  private noteSkew({ functionId, id, createdAt }: RowColumns): void {
    const skew = skewOf(id, createdAt)
    const known = Math.max(
      this.context.knownSkew.get(functionId) ?? 0,
      this.skews.get(functionId) ?? 0
    )
    if (skew > known) this.skews.set(functionId, skew)
  }

  private addParts(running: RunningExecution, progress: Progress): void {
    for (const part of running.queued.slice(progress.partsDone)) {
      this.addPart(running.execution.id, progress, part)
    }
    progress.partsDone = running.queued.length
  }

  private addPart(execution: string, progress: Progress, part: Part): void {
    if (part.kind !== 'logs') {
      this.requests.push(part)
      progress.bytes += requestBytes(part)
      return
    }
    for (const { level, createdAt, message } of part.logs) {
      const n = progress.nextLog++
      this.logs.push({ execution, n, level: toLevelNumber(level), createdAt, message })
      progress.bytes += measure('logs', message)
    }
  }
}
