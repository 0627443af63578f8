/** An execution that has begun and not finished, as the storage sees it. */
import type { NewExecution } from '../../../core/contracts/executions.js'

/** Writes something that belongs to an execution, given its row id and its next log's number; returns the latter. */
export type Part = (rowId: number, nextLog: number) => number

interface WrittenInBatch {
  readonly isNewRow: boolean
  readonly firstLog: number
  readonly parts: Part[]
}

export class RunningExecution {
  finished = false
  /** Something in the open batch was written for it. */
  linked = false
  /** Something written for it was rolled back with its batch. */
  lostWrites = false
  /** Id of its row, once that is written. */
  rowId: number | undefined
  /** Number of the next log. */
  nextLog = 0
  /** Requests of `http` so far. */
  httpRequests = 0
  /** Parts that are not written yet. */
  queued: Part[] = []
  /** What the open batch has written; undone if it fails. */
  private inBatch: WrittenInBatch | undefined

  constructor(readonly execution: NewExecution) {}

  get isInBatch(): boolean {
    return this.inBatch !== undefined
  }

  /** Notes that the open batch wrote the row, if there was none, and all queued parts. */
  noteWritten(rowId: number, nextLog: number): void {
    this.inBatch = {
      isNewRow: this.inBatch?.isNewRow ?? this.rowId === undefined,
      firstLog: this.inBatch?.firstLog ?? this.nextLog,
      parts: [...(this.inBatch?.parts ?? []), ...this.queued]
    }
    this.rowId = rowId
    this.nextLog = nextLog
    this.queued = []
  }

  /** The batch has ended; what a failed one had written is queued again. */
  settleBatch(durable: boolean): void {
    const { inBatch } = this
    this.inBatch = undefined
    if (durable || inBatch === undefined) return
    if (inBatch.isNewRow) this.rowId = undefined
    this.nextLog = inBatch.firstLog
    this.queued = [...inBatch.parts, ...this.queued]
  }
}
