/** Errors of SQLite as errors of the server. */
import Database from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'

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
    'The database cannot be opened: check the owner and mode of the data folder and its files.'
  ],
  [
    'SQLITE_NOTADB',
    'The file is no database: restore a backup, or point DATA_DIR to another folder.'
  ],
  ['SQLITE_CORRUPT', 'The database is damaged: restore a backup.'],
  ['SQLITE_TOOBIG', 'The value is too large for the database (1 GB).']
]

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
