/**
 * The file mode of a database. SQLite creates files that everybody may read; its write-ahead log and its shared memory
 * get the mode of the database itself, so that must be right before SQLite opens it.
 */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { PRIVATE_FILE } from '../../../core/base/private-file.js'

/** Ends of the names of files that SQLite puts beside a database. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const

/**
 * Creates an empty file for this user alone where there is none, and takes the rights of all others from existing ones.
 * What is not possible is left for SQLite to meet, which reports it.
 */
export function makeDatabasePrivate(file: string): void {
  attempt(() => {
    closeSync(openSync(file, 'wx', PRIVATE_FILE))
  })
  for (const end of ['', ...COMPANIONS]) {
    attempt(() => {
      restrict(`${file}${end}`)
    })
  }
}

function restrict(file: string): void {
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, PRIVATE_FILE)
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {}
}
