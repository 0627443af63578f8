/**
 * One server for one data folder. The lock is SQLite's own exclusive lock on an empty file, so the operating system
 * releases it when the process dies, however that happens: there is no stale lock to clear away.
 */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { makeFolder } from '../../../core/base/make-folder.js'
import { isBusy, toOpenError } from './failure.js'
import { makeDatabasePrivate } from './private-database.js'

const FILE = 'server.lock'

export interface DataLock {
  release(): void
}

/** Locks the folder, created if absent, for this process. Throws DATA_IN_USE when another process has it. */
export function lockDataFolder(folder: string): DataLock {
  let db: Database.Database | undefined
  try {
    makeFolder(folder)
    const file = join(folder, FILE)
    makeDatabasePrivate(file)
    db = new Database(file, { timeout: 0 })
    db.exec('begin exclusive')
    const held = db
    return {
      release() {
        held.close()
      }
    }
  } catch (error) {
    db?.close()
    if (isBusy(error)) {
      throw new MoonletError(
        'DATA_IN_USE',
        `Another Moonlet uses the data folder ${folder}. Stop it first, or set DATA_DIR to another folder.`,
        { cause: error }
      )
    }
    throw toOpenError(join(folder, FILE), error)
  }
}
