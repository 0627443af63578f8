/** Errors of SQLite as errors of the server. */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import { fileReason } from '../../../core/base/file-reason.js'
import { PRIVATE_FILE } from '../../../core/base/private-file.js'

export const isStorageError = (
  error: unknown
): error is InstanceType<typeof Database.SqliteError> => error instanceof Database.SqliteError

export const isBusy = (error: unknown): boolean =>
  isStorageError(error) && error.code.startsWith('SQLITE_BUSY')

const advice: readonly [prefix: string, text: string][] = [
  ['SQLITE_FULL', 'The disk is full: free some space.'],
  [
    'SQLITE_IOERR',
    'The disk refused a read or a write: check its space, its health and the limits on file size.'
  ],
  ['SQLITE_BUSY', 'Another process holds the database: end it, or wait until it has finished.'],
  [
    'SQLITE_READONLY',
    'The database cannot be written: check the owner and mode of the data folder and its files.'
  ],
  [
    'SQLITE_CANTOPEN',
    'The database cannot be opened: check the owner and mode of the data folder and its files, whether the disk ' +
      'takes more files (df -i), and the limit on open files.'
  ],
  [
    'SQLITE_NOTADB',
    'The file is no database: restore a backup, or point DATA_DIR to another folder.'
  ],
  ['SQLITE_CORRUPT', 'The database is damaged: restore a backup.'],
  ['SQLITE_TOOBIG', 'The value is too large for the database (1 GB).']
]

/** What says of a file only that it is refused. */
const refusals = /^SQLITE_(CANTOPEN|READONLY|IOERR)/

/**
 * The same for the database `file` that cannot be opened: why its folder takes no file, where that is the reason, since
 * SQLite does not tell a disk that is read-only from one that takes no more files.
 */
export function toOpenError(file: string, error: unknown): MoonletError {
  const isRefused = isStorageError(error) && refusals.test(error.code)
  const reason = isRefused ? whyRefused(dirname(file)) : fileReason(error)
  if (reason !== undefined) {
    const words = `${file} cannot be opened as a database: ${reason}.`
    return new MoonletError('STORAGE_FAILED', words, { cause: error })
  }
  const failure = toStorageError(error)
  if (isStorageError(error)) failure.message = `${file}: ${failure.message}`
  return failure
}

function whyRefused(folder: string): string | undefined {
  const probe = join(folder, `.moonlet-${randomBytes(6).toString('hex')}`)
  try {
    closeSync(openSync(probe, 'wx', PRIVATE_FILE))
    rmSync(probe)
    return undefined
  } catch (error) {
    return fileReason(error)
  }
}

/** STORAGE_FAILED with advice on what to do; an error that has a code of ours already stays as it is. */
export function toStorageError(error: unknown): MoonletError {
  if (error instanceof MoonletError) return error
  const message = error instanceof Error ? error.message : String(error)
  const text = isStorageError(error)
    ? (advice.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? `Code ${error.code}.`)
    : ''
  return new MoonletError('STORAGE_FAILED', `The database failed: ${message}. ${text}`.trimEnd(), {
    cause: error
  })
}
