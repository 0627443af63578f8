/**
 * The storage interface. Asynchronous, so that a network database can stand behind it. Every promise of a
 * writing method settles when the write is durable (its batch is committed), or rejects when it is not.
 * Reads see the writes that were called before them, durable or not. Calls of one tick share a transaction.
 */
import type { PluginDatabase } from './plugin.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  ExecutionRecord,
  ExecutionStatus,
  Fault,
  FaultKind,
  FunctionRecord,
  HttpRequestRecord,
  LogEntry,
  VersionRecord
} from './records.js'

/** `limit` 1 to 100; `offset` from 0. */
export interface Page {
  readonly limit: number
  readonly offset: number
}
export interface Paged<T> {
  readonly rows: T[]
  readonly total: number
  /** Set when a search ended at its time limit: the newest were searched, older matches may exist, `total` is what was found. */
  readonly partial?: boolean
}

/** Quotas in bytes; history deletes its oldest executions, stored values are refused beyond. */
export interface StorageLimits {
  readonly history: number
  readonly historyPerFunction: number
  readonly kv: number
  /** Also of the store that all functions share. */
  readonly kvPerFunction: number
}

/** Bytes that are kept. */
export interface StoredUsage {
  readonly history: number
  readonly kv: number
}

/**
 * Asked within the transaction of a change with the name of the state that it would change; false refuses the change
 * with PRECONDITION_FAILED. Left out: whatever is there is changed.
 */
export type MayChange = (revision: string) => boolean

/** The same for an entry of the key-value store, which is its own name; undefined: there is none. */
export type MayChangeEntry = (entry: KvEntry | undefined) => boolean

export interface FunctionWithVersion {
  readonly fn: FunctionRecord
  readonly active: VersionRecord | undefined
}

/** All of a function at one moment. */
export interface FunctionSnapshot extends FunctionWithVersion {
  readonly variables: Readonly<Record<string, string>>
  /** A name for this state: every change of the function, its versions or its variables, by whomever, gives another. */
  readonly revision: string
}

export type FunctionPatch = Partial<
  Pick<
    FunctionRecord,
    | 'name'
    | 'description'
    | 'disabled'
    | 'retentionDays'
    | 'cronSchedule'
    | 'cronStatus'
    | 'cronCatchUp'
    | 'saveResponse'
    | 'allowSameOrigin'
  >
>

export interface NewFunction {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly code: string
  readonly now: number
}

export interface ScheduledFunction {
  readonly fn: FunctionRecord
  /**
   * When its newest execution of the trigger `cron` was made, Unix seconds; kept with the function, so that it
   * outlives that execution. undefined: there was none yet.
   */
  readonly lastCronAt: number | undefined
}

export interface FunctionStore {
  /** Version 1 is made and active. */
  create(fn: NewFunction): Promise<FunctionSnapshot>
  find(id: string): Promise<FunctionWithVersion | undefined>
  snapshot(id: string): Promise<FunctionSnapshot | undefined>
  /** Newest `created_at` first. `search` looks in name and description, in any case. */
  list(page: Page, search?: string): Promise<Paged<FunctionWithVersion>>
  /**
   * Applies the patch and, if `code` is given, makes a new version, activated unless `activate` is false, in one
   * transaction. Gives the new revision; false: no such function.
   */
  update(
    id: string,
    change: {
      patch: FunctionPatch
      code: string | undefined
      activate?: boolean | undefined
      now: number
    },
    mayChange?: MayChange
  ): Promise<string | false>
  /**
   * Takes over a function with its versions as they are, for imports; at most one of them is active. False,
   * changing nothing: the id is in use.
   */
  restore(fn: FunctionRecord, versions: readonly VersionRecord[]): Promise<boolean>
  /**
   * Everything that belongs to the function goes too: versions, executions, logs, requests, kv, env. It is gone
   * for every reader at once; runs still going leave no record.
   */
  remove(id: string, mayChange?: MayChange): Promise<boolean>
  /** Enabled functions whose schedule is set and active; for the scheduler. */
  listScheduled(): Promise<ScheduledFunction[]>
  /**
   * Calls `listener` whenever reads of this function or its active version begin to give something else: it was
   * made, changed or removed, or such a write was taken back because it could not be made durable. Gives a way
   * to end that.
   */
  onChange(listener: (functionId: string) => void): () => void
}

export interface VersionStore {
  /** Highest number first. */
  list(functionId: string, page: Page): Promise<Paged<VersionRecord>>
  find(functionId: string, version: number): Promise<VersionRecord | undefined>
  /** Gives the function's new revision; false: no such version of this function. Exactly one version is active afterwards. */
  activate(functionId: string, versionId: string, mayChange?: MayChange): Promise<string | false>
  /** The version's executions go too. */
  remove(
    functionId: string,
    versionId: string,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'>
}

export interface NewExecution {
  readonly id: string
  readonly functionId: string
  readonly versionId: string
  readonly trigger: string
  readonly eventJson: string
  readonly createdAt: number
}

export interface FinishedExecution extends NewExecution {
  readonly status: Exclude<ExecutionStatus, 'pending'>
  /** Left out: it gave no answer. */
  readonly statusCode?: number | undefined
  readonly durationMs: number
  readonly errorMessage: string | undefined
  readonly fault: Fault | undefined
  readonly responseJson: string | undefined
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
}

/** Records of `http` that are kept of one execution. */
export const MAX_HTTP_REQUESTS = 100

export interface ExecutionStore {
  /**
   * Announces a run. Its pending record is written with the next thing this execution makes durable, or after
   * a moment if it is still running; a run that ends sooner is written once, finished. Never rejects.
   */
  begin(execution: NewExecution): void
  /**
   * Notes that the execution writes something in this tick, so that its record is durable no later than that write,
   * and that its `finish` rejects with STORAGE_FAILED if the write is lost.
   */
  touch(executionId: string): void
  /** Logs of a running execution, written early so that a crash keeps them. */
  appendLogs(executionId: string, logs: readonly LogEntry[]): void
  appendAiRequest(request: AiRequestRecord): void
  appendEmailRequest(request: EmailRequestRecord): void
  /** Of a running execution the first MAX_HTTP_REQUESTS are kept; the others are counted when it ends. */
  appendHttpRequest(request: HttpRequestRecord): void
  /**
   * Settles when the record, its logs and requests, and every earlier write of the run are durable. If function
   * or version were removed meanwhile it resolves and leaves no record. `begin` need not have been called.
   */
  finish(execution: FinishedExecution): Promise<void>
  find(id: string): Promise<ExecutionRecord | undefined>
  /** As `list` gives it. */
  findListed(id: string): Promise<ExecutionRecord | undefined>
  /**
   * Strictly newest first. `responseJson` is left out, and of an `eventJson` of more than 4096 bytes there is a
   * beginning, as valid JSON with `"truncated":true`.
   */
  list(functionId: string, page: Page, filter?: ExecutionFilter): Promise<Paged<ExecutionRecord>>
  /** Oldest first, as are the next three. */
  logs(executionId: string, page: Page): Promise<Paged<LogEntry>>
  aiRequests(executionId: string, page: Page): Promise<Paged<AiRequestRecord>>
  emailRequests(executionId: string, page: Page): Promise<Paged<EmailRequestRecord>>
  /** `leftOut`: how many more there were. */
  httpRequests(
    executionId: string,
    page: Page
  ): Promise<Paged<HttpRequestRecord> & { readonly leftOut: number }>
  /** The newest execution of each function. */
  latest(functionIds: readonly string[]): Promise<Map<string, ExecutionRecord>>
  /** Marks what was pending when the server died as failed; gives how many. Called once, at start, before any `begin`. */
  closeUnfinished(fault: Fault, errorMessage: string): Promise<number>
  /**
   * In steps that block for a few milliseconds at most. Deletes at most `batch` executions (with logs and requests) older than their function's period; gives how
   * many. `now` in Unix seconds.
   */
  expire(now: number, batch: number): Promise<number>
  /** The greatest execution id there is; ids made later must be greater. */
  lastId(): Promise<string | undefined>
}

/** At once, or later where it has to wait for another process that holds the database. */
export type Soon<T> = T | Promise<T>

export interface KvEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Unix milliseconds. */
  readonly expiresAt: number | undefined
}

/**
 * `scope` is a function id, or '' for the store shared by all functions. Keys and values are bytes. Writing to a
 * function that is not there rejects with NOT_FOUND; reading finds nothing. What its quota has no room for rejects
 * with QUOTA_EXCEEDED, and what was there stays.
 */
export interface KvStore {
  get(scope: string, key: Uint8Array): Soon<Uint8Array | undefined>
  /** `expiresAt` in Unix milliseconds; an expired entry is as good as absent. */
  set(
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number,
    mayChange?: MayChangeEntry
  ): Promise<void>
  /** False: there is no such entry; `mayChange` is not asked then. */
  delete(scope: string, key: Uint8Array, mayChange?: MayChangeEntry): Promise<boolean>
  /**
   * Atomic; an absent key counts as 0. Keeps the expiry. Rejects with KV_NOT_A_NUMBER, leaving the value as it
   * was, when that is no decimal number or the sum is not finite.
   */
  increment(scope: string, key: Uint8Array, by: number): Promise<number>
  /** Atomic; `expected` undefined means absent, `next` undefined means delete. Keeps the expiry. */
  compareAndSet(
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined
  ): Promise<boolean>
  /** The writes of running executions. */
  readonly ofRun: RunKv
  /**
   * In byte order of the keys, those after `after` that start with `prefix`. Stops behind the entry whose key and
   * value bring the whole to `maxBytes`, so that large values cannot fill the server's memory.
   */
  list(
    scope: string,
    query: { prefix: Uint8Array; after: Uint8Array | undefined; limit: number; maxBytes: number }
  ): Promise<KvEntry[]>
  /** The keys alone, in byte order, at most `limit` of those after `after`. */
  keys(
    scope: string,
    query: { after: Uint8Array | undefined; limit: number }
  ): Promise<Uint8Array[]>
  /** Deletes at most `batch` expired entries; gives how many. */
  expire(nowMs: number, batch: number): Promise<number>
}

/**
 * The writing methods of `KvStore`, for a running execution: they give (or throw) what came of the write and do
 * not wait until it is durable. The execution's `finish` does, and rejects if the write was lost.
 */
export interface RunKv {
  set(
    executionId: string,
    scope: string,
    key: Uint8Array,
    value: Uint8Array,
    expiresAt?: number
  ): Soon<void>
  delete(executionId: string, scope: string, key: Uint8Array): Soon<boolean>
  increment(executionId: string, scope: string, key: Uint8Array, by: number): Soon<number>
  compareAndSet(
    executionId: string,
    scope: string,
    key: Uint8Array,
    expected: Uint8Array | undefined,
    next: Uint8Array | undefined
  ): Soon<boolean>
}

/** A former state of a function's variables. */
export interface VariablesEntry {
  readonly id: number
  /** Unix seconds. */
  readonly replacedAt: number
  /** Through the management API, or by the function itself. */
  readonly replacedBy: 'user' | 'function'
  readonly variables: Readonly<Record<string, string>>
  /** What took their place then. */
  readonly replacement: Readonly<Record<string, string>>
}

/**
 * Writing to a function that is not there rejects with NOT_FOUND; reading finds nothing. What a change replaces is
 * kept, in bounds of number and age: `replace` keeps it each time, `set` and `delete` (which functions call) once
 * for changes that follow each other closely.
 */
export interface EnvStore {
  get(functionId: string, name: string): Promise<string | undefined>
  all(functionId: string): Promise<Record<string, string>>
  /** False, changing nothing: it would be one variable more than `most`; no limit if that is not given. */
  set(functionId: string, name: string, value: string, most?: number): Promise<boolean>
  delete(functionId: string, name: string): Promise<void>
  /** Gives the function's new revision. */
  replace(
    functionId: string,
    variables: Readonly<Record<string, string>>,
    mayChange?: MayChange
  ): Promise<string>
  /** Former states, newest first. */
  history(functionId: string, page: Page): Promise<Paged<VariablesEntry>>
  /** The variables of one of them. */
  former(functionId: string, entryId: number): Promise<Readonly<Record<string, string>> | undefined>
  /** Forgets all former states; gives how many. */
  forgetHistory(functionId: string): Promise<number>
  /** Deletes at most `batch` former states that are too old; gives how many. `now` in Unix seconds. */
  expireHistory(now: number, batch: number): Promise<number>
}

export interface SessionRecord {
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  readonly address: string
  readonly userAgent: string | undefined
}

export interface NewSession extends SessionRecord {
  /** All that is kept of the token. */
  readonly tokenHash: string
  /** The same for all sessions of one API key. */
  readonly keyMark: string
}

/** Sessions of the dashboard; see plugins/auth/sessions.ts for what makes one valid. */
export interface SessionStore {
  create(session: NewSession): Promise<void>
  findByToken(tokenHash: string): Promise<SessionRecord | undefined>
  /** Newest first. */
  list(): Promise<SessionRecord[]>
  touch(id: string, seenAt: number): Promise<void>
  remove(id: string): Promise<boolean>
  removeAll(): Promise<void>
  /** Removes those that have expired by `now` and those with another `keyMark`. */
  removeStale(now: number, keyMark: string): Promise<void>
}

/** Everything that is kept. */
export interface Storage {
  readonly sessions: SessionStore
  readonly functions: FunctionStore
  readonly versions: VersionStore
  readonly executions: ExecutionStore
  readonly kv: KvStore
  readonly env: EnvStore
  /**
   * The tables of a third-party plugin, after its SQL files in `folder` that are new have been applied. Rejects with
   * MIGRATION_FAILED or DATABASE_TOO_NEW.
   */
  openPluginTables(plugin: string, folder: URL | string): Promise<PluginDatabase>
  /** Copies the database to `file`, consistent under load (SQLite's online backup). */
  backup(file: string, onProgress?: (done: number, total: number) => void): Promise<void>
  /** Gives the file's free space back in small steps; gives how many bytes. */
  reclaim(maxPages: number): Promise<number>
  /** Bytes of the database's file, and how many of them are free; its log of recent writes is not counted. */
  sizes(): Promise<{ readonly bytes: number; readonly freeBytes: number }>
  /** What a function keeps, or all together with the shared store; zeros for one that is not there. */
  usage(functionId?: string): Promise<StoredUsage>
  /** Proves that a write can be made durable; rejects otherwise. */
  probe(): Promise<void>
  /** Commits what is open and closes. */
  close(): Promise<void>
}
