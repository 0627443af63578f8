/** Opens the database file. */
import Database from 'better-sqlite3'
import { dirname } from 'node:path'
import { makeFolder } from '../../../core/base/make-folder.js'
import { toOpenError } from './failure.js'
import { makeDatabasePrivate } from './private-database.js'

/**
 * How long SQLite itself waits for a lock of another process, which stops the whole server. Longer waits are the
 * business of the batch's lock queue, which lets the server go on.
 */
const BUSY_TIMEOUT_MS = 20

/**
 * Pages in the write-ahead log (16 MiB) at which a commit also moves them into the database, with two fsyncs that stop
 * the process for as long as the disk takes. A fifth less CPU time in all than with SQLite's 1000. Servers have a
 * thread for it: checkpoints.ts.
 */
export const CHECKPOINT_PAGES = 4000

/** KiB of pages that SQLite caches, half of better-sqlite3's default; the operating system caches the others. */
const CACHE_KIB = 8192

/**
 * Opens or creates the database, for this user alone, with the settings that belong to a connection: WAL with
 * `synchronous = NORMAL` (a commit survives the death of the process; the death of the machine may cost the last
 * moments, but never the integrity of the file), foreign keys, free space given back in steps. Throws STORAGE_FAILED.
 */
export function openDatabase(file: string): Database.Database {
  makeFolder(dirname(file))
  let db: Database.Database | undefined
  try {
    makeDatabasePrivate(file)
    db = new Database(file, { timeout: 5000 })
    db.pragma('auto_vacuum = incremental')
    db.pragma('journal_mode = wal')
    db.pragma('synchronous = normal')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    db.pragma('foreign_keys = on')
    db.pragma('temp_store = memory')
    // The write-ahead log grows while a backup reads; afterwards it is truncated to this.
    db.pragma(`journal_size_limit = ${64 * 1024 ** 2}`)
    return db
  } catch (error) {
    db?.close()
    throw toOpenError(file, error)
  }
}

/** To be called once opening and migrating, which may wait for another process, are done. */
export function limitBusyWait(db: Database.Database): void {
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
}

/** One that is there already, also beside a server: nothing is made, changed or migrated. Waits 5 s for a lock. */
export const openForReading = (file: string): Database.Database =>
  new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 })
