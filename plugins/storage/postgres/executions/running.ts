/** An execution that has begun and not finished, as the storage sees it. */
import type { NewExecution } from '../../../../core/contracts/executions.js'
import type { LogEntry } from '../../../../core/contracts/records.js'
import type { RequestPart } from '../../executions/request-columns.js'

/** What belongs to an execution beside its row. */
export type Part = { readonly kind: 'logs'; readonly logs: readonly LogEntry[] } | RequestPart

export class RunningExecution {
  /** The write that ends it, once that was called. */
  end: object | undefined
  isFinished = false
  /** Something that it wrote could not be made durable. */
  lostWrites = false
  /** The newest batch in which something was written for it that is durable with its end only: its number. */
  unsynced: number | undefined
  /** Its row is in the database. */
  hasRow = false
  /** It was, but the database may have lost it. */
  mayMissRow = false
  /** Number of the next log. */
  nextLog = 0
  /** Requests of `http` so far. */
  httpRequests = 0
  /** Parts that are not written yet. */
  queued: Part[] = []

  constructor(readonly execution: NewExecution) {}
}
