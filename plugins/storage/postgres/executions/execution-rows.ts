/**
 * What one batch writes of executions: each kind of row in one statement, with totals and stored bytes that follow from
 * what was really written.
 */
import { MAX_HTTP_REQUESTS, type FinishedExecution } from '../../../../core/contracts/executions.js'
import type { RequestPart } from '../../executions/request-columns.js'
import { skewOf } from '../../executions/id-skew.js'
import { toLevelNumber } from '../../executions/rows.js'
import type { BatchPart } from '../db/batch.js'
import type { Statement } from '../db/connection.js'
import { integers, texts } from '../db/values.js'
import {
  bytesOfRow,
  largeText,
  measure,
  toEndColumns,
  toRowColumns,
  type EndColumns,
  type RowColumns
} from './row-columns.js'
import { requestBytes, requestStatements } from './request-rows.js'
import {
  endSql,
  growSql,
  insertSql,
  largeEventSql,
  largeResponseSql,
  logSql,
  restoreSql
} from './row-sql.js'
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
  readonly large: { event?: string; response?: string }
}

interface InsertedRow {
  readonly row: RowColumns
  readonly bytes: number
  readonly leftOut: number | null
}

interface LogColumns {
  readonly execution: string
  readonly n: number
  readonly level: number
  readonly createdAt: number
  readonly message: string
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
      progress.bytes += measure('large_responses', response)
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
    const all = [...this.progress]
    const rows = all.flatMap(([, progress]) => (progress.row === undefined ? [] : [progress]))
    const ends = all.filter(([, { row, end }]) => row === undefined && end !== undefined)
    const grown = all.filter(
      ([, { row, end, bytes }]) => row === undefined && end === undefined && bytes > 0
    )
    return [
      ...(this.restored.length === 0 ? [] : [this.toInsert(restoreSql, this.restored)]),
      ...(rows.length === 0 ? [] : [this.insertStatement(rows)]),
      ...(ends.length === 0 ? [] : [this.endStatement(ends)]),
      ...(grown.length === 0 ? [] : [this.growStatement(grown)]),
      ...this.largeStatements(all),
      ...(this.logs.length === 0 ? [] : [this.logStatement()]),
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
      progress.bytes += measure('large_events', event)
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

  private insertStatement(all: readonly Progress[]): Statement {
    const rows = all.flatMap(({ row, rowBytes, bytes, leftOut }) =>
      row === undefined ? [] : [{ row, bytes: rowBytes + bytes, leftOut }]
    )
    return this.toInsert(insertSql(rows.some(({ row }) => row.trigger === 'cron')), rows)
  }

  private toInsert(sql: string, all: readonly InsertedRow[]): Statement {
    const rows = all.map(({ row }) => row)
    return {
      sql,
      values: [
        this.context.stripe(),
        this.context.node(),
        texts(rows.map(row => row.id)),
        texts(rows.map(row => row.functionId)),
        integers(rows.map(row => row.version)),
        integers(rows.map(row => row.status)),
        texts(rows.map(row => row.trigger)),
        integers(rows.map(row => row.createdAt)),
        integers(rows.map(row => row.durationMs)),
        texts(rows.map(row => row.error)),
        texts(rows.map(row => row.fault)),
        texts(rows.map(row => row.faultKind)),
        texts(rows.map(row => row.event)),
        texts(rows.map(row => row.response)),
        integers(rows.map(row => row.statusCode)),
        texts(rows.map(row => row.jobId)),
        integers(rows.map(row => row.attempt)),
        integers(rows.map(row => row.streamSize)),
        integers(rows.map(row => row.firstByteMs)),
        integers(all.map(({ bytes }) => bytes)),
        integers(all.map(({ leftOut }) => leftOut))
      ]
    }
  }

  private endStatement(all: ReadonlyArray<readonly [RunningExecution, Progress]>): Statement {
    const ends = all.flatMap(([, { end }]) => end ?? [])
    return {
      sql: endSql,
      values: [
        this.context.stripe(),
        texts(all.map(([{ execution }]) => execution.id)),
        integers(ends.map(end => end.status)),
        integers(ends.map(end => end.durationMs)),
        texts(ends.map(end => end.error)),
        texts(ends.map(end => end.fault)),
        texts(ends.map(end => end.faultKind)),
        texts(ends.map(end => end.response)),
        integers(ends.map(end => end.statusCode)),
        integers(ends.map(end => end.streamSize)),
        integers(ends.map(end => end.firstByteMs)),
        integers(all.map(([, { bytes }]) => bytes)),
        integers(all.map(([, { leftOut }]) => leftOut))
      ]
    }
  }

  private growStatement(all: ReadonlyArray<readonly [RunningExecution, Progress]>): Statement {
    return {
      sql: growSql,
      values: [
        this.context.stripe(),
        texts(all.map(([{ execution }]) => execution.id)),
        integers(all.map(([, { bytes }]) => bytes))
      ]
    }
  }

  private largeStatements(all: ReadonlyArray<readonly [RunningExecution, Progress]>): Statement[] {
    const of = (kind: 'event' | 'response') =>
      all.flatMap(([{ execution }, { large }]) => {
        const text = large[kind]
        return text === undefined ? [] : [{ id: execution.id, text }]
      })
    const toStatement = (sql: string, rows: ReturnType<typeof of>): Statement[] =>
      rows.length === 0
        ? []
        : [{ sql, values: [texts(rows.map(({ id }) => id)), texts(rows.map(({ text }) => text))] }]
    return [
      ...toStatement(largeEventSql, of('event')),
      ...toStatement(largeResponseSql, of('response'))
    ]
  }

  private logStatement(): Statement {
    const { logs } = this
    return {
      sql: logSql,
      values: [
        texts(logs.map(({ execution }) => execution)),
        integers(logs.map(({ n }) => n)),
        integers(logs.map(({ level }) => level)),
        integers(logs.map(({ createdAt }) => createdAt)),
        texts(logs.map(({ message }) => message))
      ]
    }
  }
}
