/**
 * The mode of a database. SQLite makes files that everybody may read; its log of writes and its shared memory get
 * the mode of the database itself, so that must be right before SQLite opens it.
 */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { PRIVATE_FILE } from '../../../core/base/private-file.js'

/** What SQLite puts beside a database. */
export const COMPANIONS = ['-wal', '-shm', '-journal'] as const

/**
 * Makes an empty file for this user alone where there is none, and takes everybody else's rights from those there
 * are. What is not possible is left for SQLite to meet, which says so in its own words.
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
