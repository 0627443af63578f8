/** What the `moonlet` program does with a data folder by itself, without a server. */
import type { Storage } from './storage.js'

/** `done` of `total`, in steps of whatever is being done. */
export type Progress = (done: number, total: number) => void

export interface OpenedData {
  readonly storage: Storage
  /** Closes the storage and leaves the folder to others. */
  close(): Promise<void>
}

export interface OfflineStorage {
  /**
   * Opens the storage. `alone` makes sure that no server works on the folder meanwhile, as is needed for writing;
   * throws DATA_IN_USE when one does.
   */
  open(options: { readonly alone: boolean }): Promise<OpenedData>
  /** A consistent, checked copy in one file, also while a server runs. Refuses an existing file unless `force`. */
  backup(
    target: string,
    options: { readonly force: boolean; readonly onProgress: Progress }
  ): Promise<void>
  /**
   * Puts a checked copy of `backup` in the place of the database. The old one is kept; gives its name, or
   * undefined when there was none. Throws DATA_IN_USE while a server runs.
   */
  restore(backup: string, onProgress: Progress): Promise<string | undefined>
  /** Whether `file` is the database of the reference server. */
  isReferenceDatabase(file: string): boolean
  /** Takes over such a database; what is here already is left as it is. Throws DATA_IN_USE while a server runs. */
  importReference(file: string, onProgress: Progress): Promise<ImportReport>
  /**
   * Encrypts all variables with a new key; `keyFile` has it. `inUse` is false when the setting SECRET_KEY still
   * has the old one. Throws DATA_IN_USE while a server runs.
   */
  rotateSecretKey(): Promise<{
    readonly count: number
    readonly keyFile: string
    readonly inUse: boolean
  }>
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
  /** There already, and left as they are. */
  present: number
  refused: number
}

export interface ImportReport {
  readonly tables: Readonly<Record<ImportedTable, TableReport>>
  /** The first hundred rows that were not taken over; `row` is the id, as far as there is one. */
  readonly problems: ReadonlyArray<{
    readonly table: ImportedTable
    readonly row: string
    readonly reason: string
  }>
  /** What was taken over but needs a look. */
  readonly notes: readonly string[]
}
