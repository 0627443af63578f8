/** The SQLite database that is moved, as it is at one moment, and read only. */
import type Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MoonletError } from '../../../core/base/errors.js'
import type { Progress } from '../../../core/contracts/offline-storage.js'
import { lockDataFolder, type DataLock } from '../db/data-lock.js'
import { toStorageError } from '../db/failure.js'
import { applyMigrations, findMigrations } from '../db/migrations.js'
import { openDatabase, openForReading } from '../db/open.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { openEachKind } from '../secrets/sealed-values.js'
import { migrationsFolder } from '../storage.js'
import { copyDatabase, exists } from '../transfer/backup-file.js'
import type { MovedTable, SourceRow } from './tables.js'

export interface Source {
  /** How many rows of a table are to be moved. */
  count(table: MovedTable): number
  rows(table: MovedTable, columns: readonly string[]): IterableIterator<SourceRow>
  /** The greatest number that a table has ever given. */
  lastNumber(table: MovedTable): number
  /** Names of the plugins that keep tables in it. */
  plugins(): string[]
  /** Throws SETTINGS_INVALID when what it holds was encrypted with another key. */
  checkKey(secrets: SecretBox): void
  close(): void
}

/** The name of the database in a data folder. A file with another name is a copy, which no server writes to. */
const SERVED = 'moonlet.db'

/**
 * Locks its data folder, so that no server writes to it. A database of an earlier version is brought up to date in a
 * copy beside it, which is removed afterwards. Throws NOT_FOUND, DATA_IN_USE, DATABASE_TOO_NEW or STORAGE_FAILED.
 */
export async function openSource(file: string, onProgress: Progress): Promise<Source> {
  if (!(await exists(file))) {
    throw new MoonletError(
      'NOT_FOUND',
      `There is no database at ${file}; name another one with --from.`
    )
  }
  const undo: (() => void)[] = []
  const close = (): void => {
    for (const step of undo.splice(0).reverse()) step()
  }
  try {
    if (basename(file) === SERVED) {
      const lock: DataLock = lockDataFolder(dirname(file))
      undo.push(lock.release)
    }
    let db = openReadOnly(file)
    undo.push(() => db.close())
    if (await isOlder(db, file)) {
      const folder = mkdtempSync(join(dirname(file), '.moonlet-move-'))
      undo.push(() => {
        rmSync(folder, { recursive: true, force: true })
      })
      const copy = join(folder, SERVED)
      await copyDatabase(file, copy, onProgress)
      await bringUpToDate(copy)
      db.close()
      db = openReadOnly(copy)
      // Before its folder is removed.
      undo.push(() => db.close())
    }
    db.exec('begin')
    return createSource(db, close)
  } catch (error) {
    close()
    throw toStorageError(error)
  }
}

function openReadOnly(file: string): Database.Database {
  const db = openForReading(file)
  db.pragma('temp_store = memory')
  return db
}

/** Throws VALIDATION for a file that is no database of Moonlet. */
async function isOlder(db: Database.Database, file: string): Promise<boolean> {
  const isOurs =
    db
      .prepare<[], number>(
        "select count(*) from sqlite_schema where type = 'table' and name in ('migrations', 'functions', 'versions')"
      )
      .pluck()
      .get() === 3
  if (!isOurs) {
    throw new MoonletError(
      'VALIDATION',
      `${file} is not a database of Moonlet. One of lunar is taken over by "moonlet import".`
    )
  }
  const applied = db
    .prepare<[], string>("select name from migrations where namespace = 'moonlet'")
    .pluck()
    .all()
  const known = (await findMigrations(migrationsFolder)).map(path => basename(path))
  const newer = applied.filter(name => !known.includes(name))
  if (newer.length > 0) {
    throw new MoonletError(
      'DATABASE_TOO_NEW',
      `${file} was written by a newer version: it has ${newer.join(', ')}, which this version does not know. ` +
        'Move it with that version.'
    )
  }
  return known.some(name => !applied.includes(name))
}

async function bringUpToDate(file: string): Promise<void> {
  const db = openDatabase(file)
  try {
    await applyMigrations(db, {
      namespace: 'moonlet',
      files: await findMigrations(migrationsFolder)
    })
  } finally {
    db.close()
  }
}

function createSource(db: Database.Database, close: () => void): Source {
  return {
    count: table =>
      db
        .prepare<[], number>(`select count(*) ${fromOf(table)}`)
        .pluck()
        .get() ?? 0,
    rows(table, columns) {
      refuseUnknown(db, table, columns)
      return db
        .prepare<[], SourceRow>(`select ${selectOf(table, columns)} ${fromOf(table)}`)
        .iterate()
    },
    lastNumber: ({ name, counter = 'seq' }) =>
      db
        .prepare<[string], number>(
          `select max(coalesce((select max(${counter}) from ${name}), 0),
             coalesce((select seq from sqlite_sequence where name = ?), 0))`
        )
        .pluck()
        .get(name) ?? 0,
    plugins: () =>
      db
        .prepare<[], string>(
          "select distinct namespace from migrations where namespace <> 'moonlet'"
        )
        .pluck()
        .all(),
    checkKey: secrets => {
      checkKey(db, secrets)
    },
    close
  }
}

const fromOf = ({ name, alias = 't', join = '' }: MovedTable): string =>
  `from ${name} ${alias} ${join}`

/** Columns under the names that they have in PostgreSQL, and what else the table's `change` looks at. */
function selectOf(
  { alias = 't', columns: own = {} }: MovedTable,
  columns: readonly string[]
): string {
  return [...new Set([...columns, ...Object.keys(own)])]
    .map(column => `${own[column] ?? `${alias}."${column}"`} as "${column}"`)
    .join(', ')
}

/** PostgreSQL may have been prepared by the next version. Throws DATABASE_TOO_NEW. */
function refuseUnknown(
  db: Database.Database,
  { name, columns: own = {} }: MovedTable,
  columns: readonly string[]
): void {
  const here = db
    .prepare<[string], string>('select name from pragma_table_info(?)')
    .pluck()
    .all(name)
  const unknown = columns.find(column => !(column in own) && !here.includes(column))
  if (unknown === undefined) return
  throw new MoonletError(
    'DATABASE_TOO_NEW',
    `The schema on PostgreSQL is of a newer version: ${name} has the column ${unknown}. Move with that version.`
  )
}

function checkKey(db: Database.Database, secrets: SecretBox): void {
  try {
    openEachKind(db, secrets)
  } catch (cause) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      'What the database holds was encrypted with another key than SECRET_KEY (or than secret.key beside it). ' +
        'Set SECRET_KEY to that of the servers that wrote it.',
      { cause }
    )
  }
}
