/** Puts a backup in the place of a data folder's database. */
import Database from 'better-sqlite3'
import { rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Progress } from '../../../core/contracts/offline-storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { lockDataFolder } from '../db/data-lock.js'
import { forgetStoredBytes } from '../quotas/stored-bytes.js'
import { COMPANIONS, makeDatabasePrivate } from '../db/private-database.js'
import { copyDatabase, exists, removeDatabase } from './backup-file.js'
import { checkSchema } from './check-schema.js'
import { checkKind, hasTables } from './integrity.js'

/**
 * Replaces `database` by a checked copy of `backup`, which itself is not touched. The old database is kept beside it;
 * returns its name, or undefined when there was none. Throws DATA_IN_USE while a server runs on the folder.
 */
export async function restoreFile(
  backup: string,
  database: string,
  onProgress: Progress
): Promise<string | undefined> {
  if (
    !(await stat(backup).then(
      found => found.isFile(),
      () => false
    ))
  ) {
    throw new MoonletError('NOT_FOUND', `There is no file ${backup}`)
  }
  const lock = lockDataFolder(dirname(database))
  const copy = `${database}.restoring`
  try {
    checkKind(backup)
    await copyDatabase(backup, copy, onProgress)
    // Checks the copy: the backup may have been replaced meanwhile.
    await checkSchema(copy, backup)
    recount(copy)
    const kept = await setAside(database)
    await rename(copy, database)
    return kept
  } finally {
    await removeDatabase(copy)
    lock.release()
  }
}

/** Quotas do not trust the numbers in a file from elsewhere: the next start counts. */
function recount(file: string): void {
  const db = new Database(file)
  try {
    if (hasTables(db, ['stored_bytes'])) forgetStoredBytes(db)
  } finally {
    db.close()
  }
}

/** Renames the database together with its write-ahead log, which belongs to it. */
async function setAside(database: string): Promise<string | undefined> {
  if (!(await exists(database))) return undefined
  const kept = `${database}.before-restore-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`
  makeDatabasePrivate(database)
  for (const end of [...COMPANIONS, '']) {
    if (await exists(`${database}${end}`)) await rename(`${database}${end}`, `${kept}${end}`)
  }
  return kept
}
