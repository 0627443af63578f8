/** A run that has begun and not finished, as the storage sees it. */
import type { NewExecution } from '../../../core/contracts/executions.js'

/** Writes something that belongs to the run; given the row's key and the number of the next log, gives the latter. */
export type Part = (row: number, nextLog: number) => number

export interface Running {
  readonly execution: NewExecution
  done: boolean
  /** It has written something in the open batch. */
  touched: boolean
  /** Something it wrote was taken back with its batch. */
  lost: boolean
  /** Key of its row, once it is written. */
  row: number | undefined
  nextLog: number
  /** Requests of `http` so far. */
  httpRequests: number
  /** Parts not written yet. */
  queued: Part[]
  /** What the open batch has written; taken back if it fails. */
  inBatch:
    { readonly isNew: boolean; readonly firstLog: number; readonly parts: Part[] } | undefined
}

export const createRunning = (execution: NewExecution): Running => ({
  execution,
  done: false,
  touched: false,
  lost: false,
  row: undefined,
  nextLog: 0,
  httpRequests: 0,
  queued: [],
  inBatch: undefined
})

/** Notes that the open batch wrote the row, if it had none, and all queued parts. */
export function noteWritten(run: Running, row: number, nextLog: number): void {
  run.inBatch = {
    isNew: run.inBatch?.isNew ?? run.row === undefined,
    firstLog: run.inBatch?.firstLog ?? run.nextLog,
    parts: [...(run.inBatch?.parts ?? []), ...run.queued]
  }
  run.row = row
  run.nextLog = nextLog
  run.queued = []
}

/** The batch that wrote for the run has ended. */
export function settleBatch(run: Running, durable: boolean): void {
  const { inBatch } = run
  run.inBatch = undefined
  if (durable || inBatch === undefined) return
  if (inBatch.isNew) run.row = undefined
  run.nextLog = inBatch.firstLog
  run.queued = [...inBatch.parts, ...run.queued]
}
