/** What the commands of `moonlet` do with a data folder, without a server. */
import type { Storage } from './storage.js'

/** `done` of `total` steps; what a step is depends on the work. */
export type Progress = (done: number, total: number) => void

export interface OpenedData {
  readonly storage: Storage
  /** Closes the storage and releases the folder. */
  close(): Promise<void>
}

export interface OfflineStorage {
  /**
   * Opens the storage. `alone` locks the folder, which writing needs; throws DATA_IN_USE while a server runs on it.
   */
  open(options: { readonly alone: boolean }): Promise<OpenedData>
  /** Makes a consistent, checked copy in one file, also while a server runs. Keeps an existing file unless `force`. */
  backup(
    target: string,
    options: { readonly force: boolean; readonly onProgress: Progress }
  ): Promise<void>
  /**
   * Replaces the database by a checked copy of `backup`. The old one is kept; returns its name, or undefined when there
   * was none. Throws DATA_IN_USE while a server runs.
   */
  restore(backup: string, onProgress: Progress): Promise<string | undefined>
  /**
   * Tries whether a database can live in the data folder, which must exist, and leaves nothing in it. Throws
   * STORAGE_FAILED with the reason. `isInUse`: a server runs on it.
   */
  tryFolder(): { readonly isInUse: boolean }
  /** Whether `file` is a database of lunar. */
  isLunarDatabase(file: string): Promise<boolean>
  /**
   * Imports such a database; what exists already is left as it is. Into PostgreSQL everything or nothing, and only
   * where nothing is yet: throws CONFLICT otherwise. Throws DATA_IN_USE while a server runs.
   */
  importLunar(file: string, onProgress: Progress): Promise<ImportReport>
  /**
   * Encrypts all that is secret (variables, their history, events of jobs, targets of alerts) with a new key, all or
   * nothing; one that was interrupted is completed by the next. Throws DATA_IN_USE while a server runs.
   */
  rotateSecretKey(onProgress?: Progress): Promise<KeyRotation>
  /**
   * Removes all that is encrypted, or nothing, where its key is lost; throws INVALID_REQUEST where it is not, and
   * DATA_IN_USE while a server runs.
   */
  discardSecrets(): Promise<DiscardedSecrets>
  /**
   * Fills this database, which must be empty, with everything of a file of SQLite, which is only read; all or nothing,
   * and compared row by row. Throws DATA_IN_USE, CONFLICT, SETTINGS_INVALID, VALIDATION, NOT_FOUND, STORAGE_FAILED.
   */
  takeOver(options: MoveOptions): Promise<MoveReport>
}

export interface KeyRotation {
  /** How many variables there are; undefined when the database had the new key already. */
  readonly count: number | undefined
  /** The file with the new key; undefined when it is that of the setting SECRET_KEY_NEW. */
  readonly keyFile: string | undefined
  /** False: the setting SECRET_KEY still has the old one. */
  readonly inUse: boolean
}

/** How many of each were removed; jobs stay, without their events. */
export interface DiscardedSecrets {
  readonly variables: number
  readonly alerts: number
  readonly jobs: number
}

export interface MoveOptions {
  /** A data folder's `moonlet.db`, or a backup of one. */
  readonly from: string
  /** Looks at both and writes nothing. */
  readonly dryRun: boolean
  readonly onProgress: (what: string, done: number, total: number) => void
}

export interface MovedRows {
  readonly table: string
  readonly rows: number
  /** Of the SHA-256 of its rows, the same on both sides; not there when nothing was moved. */
  readonly sum?: string
}

export interface MoveReport {
  readonly tables: readonly MovedRows[]
  /** Their tables stay behind. */
  readonly plugins: readonly string[]
}

export type ImportedTable =
  | 'functions'
  | 'function_versions'
  | 'kv_store'
  | 'env_vars'
  | 'executions'
  | 'logs'
  | 'ai_requests'
  | 'email_requests'

export interface TableReport {
  taken: number
  /** Existed already and were left as they are. */
  present: number
  refused: number
}

export interface ImportReport {
  readonly tables: Readonly<Record<ImportedTable, TableReport>>
  /** The first hundred rows that were left out; `row` is the id, if it has one. */
  readonly problems: ReadonlyArray<{
    readonly table: ImportedTable
    readonly row: string
    readonly reason: string
  }>
  /** What was taken over but needs attention. */
  readonly notes: readonly string[]
}
