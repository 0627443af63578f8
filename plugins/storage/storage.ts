/** Storage on one SQLite file: what there is, put together. */
import type { Database } from 'better-sqlite3'
import { fileURLToPath } from 'node:url'
import type { Storage, StorageLimits } from '../../core/contracts/storage.js'
import { errorMessageOf } from '../../core/lua-advice/error-text.js'
import { backupDatabase } from './db/backup.js'
import { Batch } from './db/batch.js'
import { createChangeFeed } from './db/change-feed.js'
import { createEnvHistory } from './functions/env-history.js'
import { createEnvStore, createVariableReader } from './functions/env-store.js'
import { createExecutionCounts } from './executions/counts.js'
import { foldCase } from './executions/filter.js'
import { createExecutionRemover } from './executions/remover.js'
import { createExecutionStore } from './executions/store.js'
import { createExecutionWriter } from './executions/writer.js'
import { createFunctionRowIds } from './functions/function-row-ids.js'
import { createFunctionStore } from './functions/function-store.js'
import { createIdSkew } from './executions/id-skew.js'
import { createKvRemover } from './kv/kv-remover.js'
import { createKvStore } from './kv/kv-store.js'
import { applyMigrations, findMigrations } from './db/migrations.js'
import { maskedWriter } from './executions/redacting-writer.js'
import { limitBusyWait, openDatabase } from './db/open.js'
import { openPluginTables } from './db/plugin-tables.js'
import { createPurges } from './executions/purges.js'
import { createQuotas, NO_LIMITS, type QuotaNotice } from './quotas/quotas.js'
import { createRevisions } from './functions/revisions.js'
import { createSecretBox } from './secrets/secret-box.js'
import { createSecretMasks } from './secrets/secret-masks.js'
import { createSessionStore } from './sessions/session-store.js'
import { ALL, createStoredBytes } from './quotas/stored-bytes.js'
import { createVersionStore } from './functions/version-store.js'

export interface StorageOptions {
  /** Path of the database; created if absent. */
  readonly file: string
  /** 32 bytes; encrypts environment variables. */
  readonly secretKey: Uint8Array
  /** Unix milliseconds, for the expiry of kv entries. */
  readonly nowMs?: () => number
  /** How long a call waits when another process holds the database; 5 seconds if not given. */
  readonly lockPatienceMs?: number
  /** None if not given. */
  readonly limits?: StorageLimits
  /** Told when a quota is nearly used up. */
  readonly onNotice?: (notice: QuotaNotice) => void
}

export const migrationsFolder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * Opens the database and brings it to the program's shape. Rejects with STORAGE_FAILED, MIGRATION_FAILED or
 * DATABASE_TOO_NEW.
 */
export async function openStorage({ file, ...options }: StorageOptions): Promise<Storage> {
  const db = openDatabase(file)
  try {
    await applyMigrations(db, {
      namespace: 'moonlet',
      files: await findMigrations(migrationsFolder)
    })
    limitBusyWait(db)
    return createStorage(db, options)
  } catch (error) {
    db.close()
    throw error
  }
}

/** On a database that has the program's shape. */
export function createStorage(db: Database, options: Omit<StorageOptions, 'file'>): Storage {
  const {
    secretKey,
    nowMs = Date.now,
    limits = NO_LIMITS,
    onNotice = () => {},
    ...batching
  } = options
  const containsText = (text: unknown, part: unknown): number =>
    typeof text === 'string' && foldCase(text).includes(String(part)) ? 1 : 0
  db.function('contains_text', { deterministic: true }, containsText)
  db.function('error_contains_text', { deterministic: true }, (text, part) =>
    typeof text === 'string' ? containsText(errorMessageOf(text), part) : 0
  )
  const batch = new Batch(db, batching)
  const rowIds = createFunctionRowIds(db)
  batch.onCommit({
    before() {},
    after(durable) {
      if (!durable) rowIds.forgetAll()
    }
  })
  const counts = createExecutionCounts(db, batch)
  const stored = createStoredBytes(db, batch)
  const remover = createExecutionRemover(db, counts, stored)
  const kvRemover = createKvRemover(db, stored)
  const quotas = createQuotas({ db, batch, remover, stored, limits, onNotice })
  const purges = createPurges({ db, batch, remover, kvRemover, counts, stored })
  const skew = createIdSkew(db, batch)
  const changes = createChangeFeed(batch)
  const secrets = createSecretBox(secretKey)
  const variables = createChangeFeed(batch)
  const masks = createSecretMasks({ db, rowIds, secrets, changes: variables })
  const writer = maskedWriter(
    createExecutionWriter({ db, batch, rowIds, counts, skew, stored }),
    masks
  )
  const revisions = createRevisions(db)
  const variablesOf = createVariableReader(db, secrets)
  const history = createEnvHistory(db, secrets, nowMs)
  const probe = db.prepare<[number]>(
    'insert into probes (id, at) values (1, ?) on conflict do update set at = excluded.at'
  )

  return {
    functions: createFunctionStore({ db, batch, rowIds, purges, changes, revisions }, variablesOf),
    versions: createVersionStore({ db, batch, rowIds, purges, writer, changes, revisions }),
    executions: createExecutionStore({
      db,
      batch,
      rowIds,
      counts,
      skew,
      writer,
      remover,
      purges,
      stored
    }),
    kv: createKvStore({
      db,
      batch,
      rowIds,
      linkToExecution: writer.linkToExecution,
      nowMs,
      stored,
      quotas,
      remover: kvRemover
    }),
    sessions: createSessionStore({ db, batch }),
    env: createEnvStore({ db, batch, rowIds, secrets, variables, variablesOf, history, revisions }),
    openPluginTables: (plugin, folder) => openPluginTables(db, batch, plugin, folder),
    async backup(file, onProgress) {
      await batch.flush()
      await backupDatabase(db.name, file, onProgress)
    },
    async reclaim(maxPages) {
      await batch.flush()
      return batch.read(() => {
        const free = () => Number(db.pragma('freelist_count', { simple: true }))
        const before = free()
        if (before > 0) db.pragma(`incremental_vacuum(${Math.max(1, Math.floor(maxPages))})`)
        return (before - free()) * Number(db.pragma('page_size', { simple: true }))
      })
    },
    sizes: () =>
      batch.read(() => {
        const pragma = (name: string) => Number(db.pragma(name, { simple: true }))
        const pageSize = pragma('page_size')
        return {
          bytes: pageSize * pragma('page_count'),
          freeBytes: pageSize * pragma('freelist_count')
        }
      }),
    usage: functionId =>
      batch.read(() => {
        const key = functionId === undefined ? ALL : rowIds.find(functionId)
        return key === undefined ? { history: 0, kv: 0 } : { ...stored.of(key) }
      }),
    probe: () =>
      batch.write(() => {
        probe.run(nowMs())
      }),
    async close() {
      writer.stop()
      await purges.stop()
      await quotas.stop()
      try {
        await batch.close()
      } finally {
        db.close()
      }
    }
  }
}
