/** Whether a database can live in a folder. */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import { lockDataFolder } from './data-lock.js'
import { isBusy, toStorageError } from './failure.js'
import { openDatabase } from './open.js'
import { COMPANIONS } from './private-database.js'

/**
 * Writes a database into the folder as the server would, sees whether a second connection meets its lock (on some
 * network file systems it does not), and removes it. Throws STORAGE_FAILED when it cannot be used.
 */
export function tryFolder(folder: string): { readonly isInUse: boolean } {
  const file = join(folder, `doctor-${randomBytes(6).toString('hex')}.db`)
  try {
    useDatabase(file)
  } finally {
    for (const end of ['', ...COMPANIONS]) rmSync(`${file}${end}`, { force: true })
  }
  return { isInUse: existsSync(join(folder, 'server.lock')) && isLocked(folder) }
}

function useDatabase(file: string): void {
  const first = openDatabase(file)
  const second = openDatabase(file)
  try {
    first.exec('create table tried (value); begin immediate; insert into tried values (1)')
    second.pragma('busy_timeout = 0')
    if (!isRefused(() => second.exec('begin immediate'))) {
      throw new MoonletError(
        'STORAGE_FAILED',
        'Its file system has no locks that work, as some network file systems: use a local disk.'
      )
    }
    first.exec('commit')
    first.pragma('wal_checkpoint(truncate)')
  } catch (error) {
    throw toStorageError(error)
  } finally {
    second.close()
    first.close()
  }
}

function isRefused(work: () => void): boolean {
  try {
    work()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  }
}

function isLocked(folder: string): boolean {
  try {
    lockDataFolder(folder).release()
    return false
  } catch (error) {
    if (error instanceof MoonletError && error.code === 'DATA_IN_USE') return true
    throw error
  }
}
