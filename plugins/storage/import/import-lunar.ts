/**
 * Imports a database of lunar: functions, versions, key-value entries, variables and history, with
 * their ids, so that `/fn/{id}` addresses stay the same. What exists here already is left as it is, so a second run
 * changes nothing. Rows that cannot be read are reported and left out.
 */
import type { ImportReport, Progress } from '../../../core/contracts/offline-storage.js'
import { openDatabase } from '../db/open.js'
import { applyMigrations, findMigrations } from '../db/migrations.js'
import { forgetStoredBytes } from '../quotas/stored-bytes.js'
import { readKey, type KeySource } from '../secrets/checked-key.js'
import { createSecretBox } from '../secrets/secret-box.js'
import { FunctionImport } from './import-functions.js'
import { HistoryImport } from './import-history.js'
import { openLunarDatabase, lunarTables } from './lunar-database.js'
import { createReport } from './report.js'

export interface LunarImportOptions {
  /** Database of lunar. */
  readonly file: string
  /** Moonlet's; made if absent. No server may be running on it. */
  readonly database: string
  readonly migrationsFolder: string
  /** Encrypts the variables. */
  readonly secretKey: KeySource
  /** Called with functions and executions. */
  readonly onProgress: Progress
}

export async function importLunar({
  file,
  database,
  migrationsFolder,
  secretKey,
  onProgress
}: LunarImportOptions): Promise<ImportReport> {
  const source = openLunarDatabase(file)
  const db = openDatabase(database)
  try {
    await applyMigrations(db, {
      namespace: 'moonlet',
      files: await findMigrations(migrationsFolder)
    })
    forgetStoredBytes(db)
    const report = createReport(lunarTables)
    const total = source.count('functions') + source.count('executions')
    let done = 0
    const step = () => {
      onProgress(++done, total)
    }
    const secrets = createSecretBox(await readKey(secretKey, db))
    const functions = new FunctionImport({ db, source, secrets, report })
    functions.run(step)
    const { versionNumbers } = functions
    new HistoryImport({ db, source, versionNumbers, report }).run(step)
    return report
  } finally {
    db.close()
    source.close()
  }
}
