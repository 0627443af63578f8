/** Copies of a database that is in use. */
import type Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PRIVATE_FILE } from '../../../core/base/private-file.js'
import { toStorageError } from './failure.js'
import { openForReading } from './open.js'

/** Copied in one tick: well under a millisecond. */
const PAGES_PER_TICK = 64

/**
 * Copies the database `source` to `file`, for this user alone, replacing it only when the copy is whole. The copy holds
 * what was durable when it began: a snapshot on a connection of its own, which writers do not disturb. `onProgress` is
 * called with pages. Throws STORAGE_FAILED and leaves nothing behind.
 */
export async function backupDatabase(
  source: string,
  file: string,
  onProgress?: (done: number, total: number) => void
): Promise<void> {
  const part = `${file}.part`
  let db: Database.Database | undefined
  try {
    await rm(part, { force: true })
    await (await open(part, 'wx', PRIVATE_FILE)).close()
    db = openForReading(source)
    // A read transaction pins the snapshot; without it the copy would begin anew after every write.
    db.exec('begin')
    db.prepare('select count(*) from sqlite_schema').get()
    const { totalPages } = await db.backup(part, {
      progress({ totalPages, remainingPages }) {
        onProgress?.(totalPages - remainingPages, totalPages)
        return PAGES_PER_TICK
      }
    })
    await rename(part, file)
    onProgress?.(totalPages, totalPages)
  } catch (error) {
    throw toStorageError(explainMissingFolder(error, file))
  } finally {
    db?.close()
    await rm(part, { force: true }).catch(() => {})
  }
}

/** Where the folder of the copy is missing, the error of creating it says only ENOENT. */
function explainMissingFolder(error: unknown, file: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(dirname(file))) return error
  return new Error(`cannot write ${file}: its directory does not exist`, { cause: error })
}
