/** Executions in the storage, from their beginning to their deletion; storage.ts says when a promise settles. */
import type { JobSettlements } from './job-ends.js'
import type { Page, Paged } from './page.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  ExecutionRecord,
  ExecutionStatus,
  Fault,
  FaultKind,
  HttpRequestRecord,
  LogEntry,
  StreamFacts
} from './records.js'

export interface NewExecution {
  readonly id: string
  readonly functionId: string
  readonly versionId: string
  readonly trigger: string
  readonly eventJson: string
  readonly createdAt: number
  /** The job that it is an attempt of, and which one. */
  readonly jobId?: string | undefined
  readonly attempt?: number | undefined
}

export interface FinishedExecution extends NewExecution {
  readonly status: Exclude<ExecutionStatus, 'pending'>
  /** Left out: it gave no response. */
  readonly statusCode?: number | undefined
  readonly durationMs: number
  readonly errorMessage: string | undefined
  readonly fault: Fault | undefined
  readonly responseJson: string | undefined
  /** Set when the answer was streamed. */
  readonly stream?: StreamFacts | undefined
  /** Those not yet given to `appendLogs`. */
  readonly logs: readonly LogEntry[]
}

export interface ExecutionFilter {
  readonly status?: ExecutionStatus
  readonly trigger?: string
  /** Version number. */
  readonly version?: number
  /** Unix seconds, both ends included. */
  readonly from?: number
  readonly to?: number
  /** Text in the error message or in a log message, in any case. */
  readonly text?: string
  /** How it failed. */
  readonly errorKind?: FaultKind
  /** Attempts of this job. */
  readonly jobId?: string
}

/** Records of `http` that are kept of one execution. */
export const MAX_HTTP_REQUESTS = 100

export interface ExecutionStore {
  /**
   * Announces an invocation. Its pending record is written with the next thing this execution makes durable, or after
   * a moment if it is still running; one that ends sooner is written once, finished. Never throws.
   */
  begin(execution: NewExecution): void
  /**
   * Links what this tick writes to the execution: its record becomes durable no later than that write, and its `finish`
   * rejects with WRITES_LOST if the write is lost.
   */
  linkToExecution(executionId: string): void
  /** Settles when the record of a running execution is durable, pending as it is. Rejects with STORAGE_FAILED. */
  makeDurable(executionId: string): Promise<void>
  /** Logs of a running execution, written early so that a crash keeps them. */
  appendLogs(executionId: string, logs: readonly LogEntry[]): void
  appendAiRequest(request: AiRequestRecord): void
  appendEmailRequest(request: EmailRequestRecord): void
  /** The first MAX_HTTP_REQUESTS of a running execution are kept; the others are counted when it ends. */
  appendHttpRequest(request: HttpRequestRecord): void
  /**
   * Settles when the record, its logs and requests, and every earlier write of the execution are durable. If the
   * function or version was removed meanwhile, it resolves and leaves no record. `begin` need not have been called.
   * Its job is settled in the same transaction. Rejects with EXECUTION_ENDED when `closeUnfinished` of another server
   * has ended it: then neither is written, and only its logs and requests are added.
   */
  finish(execution: FinishedExecution, job?: JobSettlements): Promise<void>
  find(id: string): Promise<ExecutionRecord | undefined>
  /** As `list` gives it. */
  findListed(id: string): Promise<ExecutionRecord | undefined>
  /**
   * Strictly newest first. `responseJson` is left out, and an `eventJson` of more than 4096 bytes is cut to valid JSON
   * with `"truncated":true`.
   */
  list(functionId: string, page: Page, filter?: ExecutionFilter): Promise<Paged<ExecutionRecord>>
  /** The newest attempts of a job, at most `limit`, oldest first. */
  listAttempts(jobId: string, limit: number): Promise<ExecutionRecord[]>
  /** Oldest first, as are the next three. */
  logs(executionId: string, page: Page): Promise<Paged<LogEntry>>
  aiRequests(executionId: string, page: Page): Promise<Paged<AiRequestRecord>>
  emailRequests(executionId: string, page: Page): Promise<Paged<EmailRequestRecord>>
  /** `leftOut`: how many more were made than are kept. */
  httpRequests(
    executionId: string,
    page: Page
  ): Promise<Paged<HttpRequestRecord> & { readonly leftOut: number }>
  /** The newest execution of each function. */
  latest(functionIds: readonly string[]): Promise<Map<string, ExecutionRecord>>
  /**
   * Marks what was pending when the server died as failed; returns how many. Called once, at start, before any `begin`;
   * `of others`, on data that servers share, at any time, and then what runs on this one is left alone.
   */
  closeUnfinished(fault: Fault, errorMessage: string, whose?: 'all' | 'of others'): Promise<number>
  /**
   * Deletes at most `batch` executions, with their logs and requests, that are older than their function's retention
   * period, in steps that block for a few milliseconds at most. Returns how many. `now` in Unix seconds.
   */
  expire(now: number, batch: number): Promise<number>
  /** The greatest execution id in use; ids made later must be greater. */
  lastId(): Promise<string | undefined>
}
