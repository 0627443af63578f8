/** An execution that has begun and not finished, as the storage sees it. */
import type { NewExecution } from '../../../../core/contracts/executions.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../../core/contracts/records.js'

/** What belongs to an execution beside its row. */
export type Part =
  | { readonly kind: 'logs'; readonly logs: readonly LogEntry[] }
  | { readonly kind: 'ai'; readonly request: AiRequestRecord }
  | { readonly kind: 'email'; readonly request: EmailRequestRecord }
  | { readonly kind: 'http'; readonly request: HttpRequestRecord }

export class RunningExecution {
  /** The write that ends it, once that was called. */
  end: object | undefined
  isFinished = false
  /** Something that it wrote could not be made durable. */
  lostWrites = false
  /** When something was written for it that is not known to be durable: the database's epoch. */
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
