/**
 * The storage interface. Asynchronous, so that a network database can stand behind it. The promise of a writing method
 * resolves when the write is durable (its batch is committed) and rejects when it could not be made durable. Reads see
 * the writes that were called before them, durable or not. Calls of one tick share a transaction.
 */
import type { AccessKeyStore } from './access-keys.js'
import type { AuditStore } from './audit.js'
import type { AlertStore } from './alerts.js'
import type { EnvStore } from './env.js'
import type { ExecutionStore } from './executions.js'
import type { FunctionStore, FunctionUpsert, UpsertedFunction, VersionStore } from './functions.js'
import type { JobLimits, JobStore } from './jobs.js'
import type { KvStore } from './kv.js'
import type { ModuleStore, ModuleUpsert, UpsertedModule } from './modules.js'
import type { PluginDatabase } from './plugin.js'
import type { SessionStore } from './sessions.js'
import type { SharedWork } from './shared-work.js'
import type { TokenStore } from './tokens.js'

/** Quotas in bytes. Beyond them history deletes its oldest executions, and kv writes are rejected. */
export interface StorageLimits {
  readonly history: number
  readonly historyPerFunction: number
  readonly kv: number
  /** Also the limit of the store that all functions share. */
  readonly kvPerFunction: number
  readonly jobs: JobLimits
}

/** Bytes in use. */
export interface StoredUsage {
  readonly history: number
  readonly kv: number
}

/** Everything Moonlet stores. */
export interface Storage {
  /** Present where other servers may work on the same data at the same time. */
  readonly shared?: SharedWork
  readonly sessions: SessionStore
  readonly tokens: TokenStore
  readonly audit: AuditStore
  readonly functions: FunctionStore
  readonly versions: VersionStore
  readonly modules: ModuleStore
  readonly accessKeys: AccessKeyStore
  readonly executions: ExecutionStore
  readonly jobs: JobStore
  readonly kv: KvStore
  readonly env: EnvStore
  readonly alerts: AlertStore
  /**
   * Makes all these changes or none of them, in one transaction. What is not there is created with the fields of its
   * change, which must have a name and code then. Rejects with PRECONDITION_FAILED, the ids as `details.conflicts`,
   * when one may not be changed; with CONFLICT as `functions.update` does, or when a module's new name takes it away
   * from those who require it.
   */
  push(
    functions: readonly FunctionUpsert[],
    modules: readonly ModuleUpsert[]
  ): Promise<{
    readonly functions: readonly UpsertedFunction[]
    readonly modules: readonly UpsertedModule[]
  }>
  /**
   * The tables of a third-party plugin, after its SQL files in `folder` that are new have been applied. Rejects with
   * MIGRATION_FAILED or DATABASE_TOO_NEW.
   */
  openPluginTables(plugin: string, folder: URL | string): Promise<PluginDatabase>
  /** Copies the database to `file`, consistent under load (SQLite's online backup). */
  backup(file: string, onProgress?: (done: number, total: number) => void): Promise<void>
  /**
   * Returns at most `maxPages` free pages of the file to the file system; returns how many bytes. 0 where the database
   * does that itself.
   */
  reclaim(maxPages: number): Promise<number>
  /** Bytes of the database's file, and how many of them are free; the write-ahead log is not counted. */
  sizes(): Promise<{ readonly bytes: number; readonly freeBytes: number }>
  /** What a function stores, or all functions and the shared store together; zeros for an unknown function. */
  usage(functionId?: string): Promise<StoredUsage>
  /** Proves that a write can be made durable; rejects otherwise. */
  probe(): Promise<void>
  /** Commits what is open, then closes. */
  close(): Promise<void>
}
