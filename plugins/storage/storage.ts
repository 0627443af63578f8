/** Storage on one SQLite file: its parts, put together. */
import type { Database } from 'better-sqlite3'
import { fileURLToPath } from 'node:url'
import type { FunctionUpsert } from '../../core/contracts/functions.js'
import type { ModuleUpsert } from '../../core/contracts/modules.js'
import type { PluginDatabase } from '../../core/contracts/plugin.js'
import type { Storage, StorageLimits, StoredUsage } from '../../core/contracts/storage.js'
import { giveWay } from '../../core/base/give-way.js'
import { SqliteAlertStore } from './alerts/alert-store.js'
import { backupDatabase } from './db/backup.js'
import { SqliteAuditStore } from './audit/audit-store.js'
import { Batch } from './db/batch.js'
import { createChangeFeed } from './db/change-feed.js'
import { Checkpoints } from './db/checkpoints.js'
import { isStorageError, toOpenError } from './db/failure.js'
import { applyMigrations, findMigrations } from './db/migrations.js'
import { limitBusyWait, openDatabase } from './db/open.js'
import { createFileCheck } from './db/same-file.js'
import { openPluginTables } from './db/plugin-tables.js'
import { ReadingThread } from './db/reading-thread.js'
import { defineTextFunctions } from './db/text-functions.js'
import { ExecutionCounts } from './executions/counts.js'
import { IdSkew } from './executions/id-skew.js'
import { Purges } from './executions/purges.js'
import { ExecutionRecords } from './executions/records.js'
import { RedactingWriter } from './executions/redacting-writer.js'
import { createExecutionRemover } from './executions/remover.js'
import { SqliteExecutionStore } from './executions/store.js'
import { ExecutionWriter } from './executions/writer.js'
import { SqliteAccessKeyStore } from './functions/access-key-store.js'
import { EnvHistory } from './functions/env-history.js'
import { createVariableReader, SqliteEnvStore } from './functions/env-store.js'
import { FunctionRowIds } from './functions/function-row-ids.js'
import { SqliteFunctionStore } from './functions/function-store.js'
import { refuseConflicts } from './functions/refusals.js'
import { createRevisions } from './functions/revisions.js'
import { SqliteVersionStore } from './functions/version-store.js'
import { createJobParts } from './jobs/job-parts.js'
import { createJobRemover } from './jobs/job-remover.js'
import { SqliteJobStore } from './jobs/job-store.js'
import { createKvRemover } from './kv/kv-remover.js'
import { SqliteKvStore } from './kv/kv-store.js'
import { KvWriter } from './kv/kv-writer.js'
import { SqliteModuleStore } from './modules/module-store.js'
import type { QuotaNotice } from './quotas/quota-warnings.js'
import { NO_LIMITS } from './quotas/no-limits.js'
import { Quotas } from './quotas/quotas.js'
import { ALL, StoredBytes } from './quotas/stored-bytes.js'
import { readKey, type KeySource } from './secrets/checked-key.js'
import { createSecretBox } from './secrets/secret-box.js'
import { SecretMasks } from './secrets/secret-masks.js'
import { createSessionStore } from './sessions/session-store.js'
import { createTokenStore } from './tokens/token-store.js'

export interface StorageOptions {
  /** Path of the database; created if absent. */
  readonly file: string
  /** Encrypts environment variables. */
  readonly secretKey: KeySource
  /** Unix milliseconds, for the expiry of kv entries. */
  readonly nowMs?: () => number
  /** None if not given. */
  readonly limits?: StorageLimits
  /** Whether a job that is added waits for the disk, and so survives a loss of power. */
  readonly syncsJobs?: boolean
  /** Called when a quota is nearly used up. */
  readonly onNotice?: (notice: QuotaNotice) => void
}

export const migrationsFolder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * Opens the database and brings its schema up to date. Rejects with STORAGE_FAILED, MIGRATION_FAILED,
 * DATABASE_TOO_NEW, or as the source of the key does.
 */
export async function openStorage({ file, ...options }: StorageOptions): Promise<Storage> {
  const db = openDatabase(file)
  try {
    await applyMigrations(db, {
      namespace: 'moonlet',
      files: await findMigrations(migrationsFolder)
    })
    limitBusyWait(db)
    return new SqliteStorage(db, { ...options, secretKey: await readKey(options.secretKey, db) })
  } catch (error) {
    db.close()
    throw isStorageError(error) ? toOpenError(file, error) : error
  }
}

export class SqliteStorage implements Storage {
  readonly functions: SqliteFunctionStore
  readonly versions: SqliteVersionStore
  readonly modules: SqliteModuleStore
  readonly accessKeys: SqliteAccessKeyStore
  readonly executions: SqliteExecutionStore
  readonly jobs: SqliteJobStore
  readonly kv: SqliteKvStore
  readonly env: SqliteEnvStore
  readonly alerts: SqliteAlertStore
  readonly sessions: Storage['sessions']
  readonly tokens: Storage['tokens']
  readonly audit: Storage['audit']
  private readonly batch: Batch
  private readonly rowIds: FunctionRowIds
  private readonly stored: StoredBytes
  private readonly quotas: Quotas
  private readonly purges: Purges
  private readonly writer: ExecutionWriter
  private readonly thread: ReadingThread
  private readonly checkpoints: Checkpoints
  private readonly writeProbe: () => void

  /** `db` must have the current schema. The storage owns it from now on. */
  constructor(
    private readonly db: Database,
    options: Omit<StorageOptions, 'file' | 'secretKey'> & { readonly secretKey: Uint8Array }
  ) {
    const { secretKey, nowMs = Date.now, limits = NO_LIMITS, onNotice = () => {} } = options
    defineTextFunctions(db)
    const batch = openBatch(db)
    // The order of these lines is that of commit hooks: what is created later is told earlier.
    const rowIds = new FunctionRowIds(db, batch)
    const counts = new ExecutionCounts(db, batch)
    const stored = new StoredBytes(db, batch)
    const remover = createExecutionRemover(db, counts, stored)
    const kvRemover = createKvRemover(db, stored)
    const quotas = new Quotas({ db, batch, remover, stored, limits, onNotice })
    const secrets = createSecretBox(secretKey)
    const jobParts = createJobParts({ db, batch, rowIds, secrets, limits: limits.jobs })
    const jobs = createJobRemover(jobParts)
    const purges = new Purges({ db, batch, remover, kvRemover, jobs, counts, stored })
    const skew = new IdSkew(db, batch)
    const changes = createChangeFeed(batch)
    const variableChanges = createChangeFeed(batch)
    const masks = new SecretMasks({ db, rowIds, secrets, changes: variableChanges })
    const records = new ExecutionRecords({ db, rowIds, counts, skew, stored })
    this.jobs = new SqliteJobStore(jobParts, options.syncsJobs)
    const writer = new ExecutionWriter(batch, records, this.jobs.leases)
    const recorder = new RedactingWriter(writer, masks)
    const revisions = createRevisions(db)
    const readVariables = createVariableReader(db, secrets)
    const history = new EnvHistory(db, secrets, nowMs)
    this.modules = new SqliteModuleStore({ db, batch, changes })
    const modules = this.modules.graph
    const thread = new ReadingThread(db.name)
    const reading = { db, batch, thread, rowIds, revisions, purges, modules }
    const shared = { ...reading, readVariables, nowMs, stored }

    this.functions = new SqliteFunctionStore({ ...shared, changes, ownLimits: quotas.ownLimits })
    this.versions = new SqliteVersionStore({ ...shared, records, changes })
    this.accessKeys = new SqliteAccessKeyStore({ ...shared, changes })
    const recording = { counts, skew, writer, recorder, remover }
    this.executions = new SqliteExecutionStore({ ...shared, ...recording })
    this.kv = new SqliteKvStore({
      ...shared,
      quotas,
      remover: kvRemover,
      writer: new KvWriter({ ...shared, quotas, remover: kvRemover }),
      executions: writer
    })
    this.env = new SqliteEnvStore({ ...shared, secrets, changes: variableChanges, history })
    this.alerts = new SqliteAlertStore({ db, batch, secrets })
    this.sessions = createSessionStore({ db, batch })
    this.tokens = createTokenStore({ db, batch })
    this.audit = new SqliteAuditStore(shared)
    this.batch = batch
    this.rowIds = rowIds
    this.stored = stored
    this.quotas = quotas
    this.purges = purges
    this.writer = writer
    this.thread = thread
    this.checkpoints = createCheckpoints(db, batch)
    this.writeProbe = createProbe(db, nowMs)
  }

  push(functions: readonly FunctionUpsert[], modules: readonly ModuleUpsert[]) {
    return this.batch.transaction(() => {
      refuseConflicts([
        ...this.functions.conflictsOf(functions),
        ...this.modules.conflictsOf(modules)
      ])
      const pushed = this.functions.upsertNow(functions)
      const shared = this.modules.upsertNow(modules)
      this.modules.graph.changed(shared.names)
      pushed.tell()
      return { functions: pushed.done, modules: shared.done }
    })
  }

  openPluginTables(plugin: string, folder: URL | string): Promise<PluginDatabase> {
    return openPluginTables(this.db, this.batch, plugin, folder)
  }

  async backup(file: string, onProgress?: (done: number, total: number) => void): Promise<void> {
    await this.batch.flush()
    await backupDatabase(this.db.name, file, onProgress)
  }

  async reclaim(maxPages: number): Promise<number> {
    await this.batch.flush()
    let tookMs = 0
    const reclaimed = await this.batch.read(() => {
      const since = performance.now()
      const before = this.pragma('freelist_count')
      if (before === 0) return 0
      this.db.pragma(`incremental_vacuum(${Math.max(1, Math.floor(maxPages))})`)
      tookMs = performance.now() - since
      return (before - this.pragma('freelist_count')) * this.pragma('page_size')
    })
    await giveWay(tookMs)
    return reclaimed
  }

  sizes(): Promise<{ readonly bytes: number; readonly freeBytes: number }> {
    return this.batch.read(() => {
      const pageSize = this.pragma('page_size')
      return {
        bytes: pageSize * this.pragma('page_count'),
        freeBytes: pageSize * this.pragma('freelist_count')
      }
    })
  }

  usage(functionId?: string): Promise<StoredUsage> {
    return this.batch.read(() => {
      const account = functionId === undefined ? ALL : this.rowIds.find(functionId)
      return account === undefined ? { history: 0, kv: 0 } : { ...this.stored.of(account) }
    })
  }

  probe(): Promise<void> {
    return this.batch.write(this.writeProbe)
  }

  async close(): Promise<void> {
    this.writer.stop()
    await this.purges.stop()
    await this.quotas.stop()
    await this.jobs.close()
    await this.thread.close()
    await this.checkpoints.close()
    try {
      await this.batch.close()
    } finally {
      this.db.close()
      await this.checkpoints.release()
    }
  }

  private pragma(name: string): number {
    return Number(this.db.pragma(name, { simple: true }))
  }
}

/** Its first hook, and so the last one before the commit itself, sees to it that the commit is not lost. */
function openBatch(db: Database): Batch {
  const batch = new Batch(db)
  batch.onCommit({ before: createFileCheck(db.name), after() {} })
  return batch
}

/** Beyond the promises of the batch: to be made after all that takes part in commits, so that it is told first. */
function createCheckpoints(db: Database, batch: Batch): Checkpoints {
  const checkpoints = new Checkpoints(db)
  batch.onCommit({
    before() {},
    after: durable => {
      if (durable) checkpoints.noteCommit()
    }
  })
  return checkpoints
}

/** A write that health checks use to see whether the database takes writes. */
function createProbe(db: Database, nowMs: () => number): () => void {
  const probe = db.prepare<[number]>(
    'insert into probes (id, at) values (1, ?) on conflict do update set at = excluded.at'
  )
  return () => {
    probe.run(nowMs())
  }
}
