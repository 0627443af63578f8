/** A backup as one file, made by a command while a server may be writing to the database. */
import Database from 'better-sqlite3'
import { access, open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Progress } from '../../../core/contracts/offline-storage.js'
import { MoonletError } from '../../../core/base/errors.js'
import { backupDatabase } from '../db/backup.js'
import { COMPANIONS } from '../db/private-database.js'
import { checkIntegrity } from './integrity.js'

export interface BackupOptions {
  /** Replace an existing file. */
  readonly force: boolean
  /** Called with pages. */
  readonly onProgress: Progress
}

/**
 * Copies `source`, as of one moment, to `target`: one file without a write-ahead log, checked and on the disk.
 * It appears whole or not at all. Rejects with VALIDATION for an existing `target` unless `force`.
 */
export async function backupFile(
  source: string,
  target: string,
  { force, onProgress }: BackupOptions
): Promise<void> {
  if (resolve(source) === resolve(target)) {
    throw new MoonletError('VALIDATION', `${target} is the database itself; name another file`)
  }
  if (!force && (await exists(target))) {
    throw new MoonletError('VALIDATION', `${target} exists already; remove it or use --force`)
  }
  if (!(await exists(source))) {
    throw new MoonletError('NOT_FOUND', `There is no database at ${source}; is DATA_DIR right?`)
  }
  const copy = `${target}.unchecked`
  try {
    await copyDatabase(source, copy, onProgress).catch((error: unknown) =>
      tellDamage(source, error)
    )
    await rename(copy, target)
  } finally {
    await removeDatabase(copy)
  }
}

/** The copy is as the database is: what is wrong with it is wrong with that. */
function tellDamage(source: string, error: unknown): never {
  if (!(error instanceof MoonletError) || error.code !== 'VALIDATION') throw error
  const found = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  throw new MoonletError(
    'STORAGE_FAILED',
    `The database ${source} is damaged, and no backup of it was made. Restore an earlier one; "moonlet export" ` +
      `saves the functions that can still be read${found}.`,
    { cause: error }
  )
}

/** A checked, durable copy in one file. */
export async function copyDatabase(
  source: string,
  target: string,
  onProgress: Progress
): Promise<void> {
  await removeDatabase(target)
  await backupDatabase(source, target, onProgress)
  const copy = new Database(target)
  copy.pragma('journal_mode = delete')
  copy.close()
  checkIntegrity(target)
  const handle = await open(target, 'r+')
  await handle.sync()
  await handle.close()
}

/** Removes a database file with the files that SQLite puts beside it. */
export async function removeDatabase(file: string): Promise<void> {
  for (const end of ['', ...COMPANIONS]) await rm(`${file}${end}`, { force: true })
}

export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false
  )
