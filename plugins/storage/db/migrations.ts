/**
 * Brings a database's schema up to date. Each SQL file is applied in a transaction of its own, together with the note
 * that it was applied, so a failing one leaves the database as it was before that file.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import { findForeignReference } from './foreign-references.js'
import { isStorageError } from './failure.js'

export interface Migrations {
  /** 'moonlet', or a plugin's name: each has an order of its own. */
  readonly namespace: string
  /** Paths of SQL files; applied in the order of their names, which must be unique and never change. */
  readonly files: readonly string[]
  /** The names of everything that they create, change or drop begin with this; no restriction if not given. */
  readonly prefix?: string
}

const table = `create table if not exists migrations (
  namespace text not null,
  name text not null,
  applied_at integer not null,
  primary key (namespace, name)
) strict, without rowid`

/** The SQL files of a folder, in order. */
export async function findMigrations(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => join(folder, name))
}

/**
 * Applies the files that are not applied yet; returns their names. Throws DATABASE_TOO_NEW when the database has
 * migrations that are not among the files, and MIGRATION_FAILED with file and cause when one fails.
 */
export async function applyMigrations(
  db: Database,
  { namespace, files, prefix = '' }: Migrations
): Promise<string[]> {
  const applied = readApplied(db, namespace)
  const names = files.map(file => basename(file))
  const unknown = applied.filter(name => !names.includes(name))
  if (unknown.length > 0) {
    const which = `migration${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')}`
    const whose = namespace === 'moonlet' ? '' : ` of ${namespace}`
    throw new MoonletError(
      'DATABASE_TOO_NEW',
      `The database ${db.name} was written by a newer version: it has the ${which}${whose}, ` +
        'which this version does not know. Install the newer version again, or restore a backup that is older.'
    )
  }
  if (applied.length === files.length) return []
  // Umzug takes a quarter of a second to load; most starts do without.
  const { Umzug } = await import('umzug')
  const umzug = new Umzug({
    migrations: [...files].sort(byName).map(file => ({
      name: basename(file),
      path: file,
      up: () => applyFile(db, { namespace, file, prefix })
    })),
    // applyFile notes it, within the transaction.
    storage: {
      executed: async () => readApplied(db, namespace),
      logMigration: async () => {},
      unlogMigration: async () => {}
    },
    logger: undefined
  })
  const done = await umzug.up().catch((error: unknown) => {
    throw error instanceof Error && error.cause instanceof MoonletError ? error.cause : error
  })
  return done.map(({ name }) => name)
}

const byName = (a: string, b: string): number => (basename(a) < basename(b) ? -1 : 1)

/** Does not write: a database that is up to date is only read. */
function readApplied(db: Database, namespace: string): string[] {
  if (db.prepare('select 1 from sqlite_schema where name = ?').get('migrations') === undefined) {
    return []
  }
  return db
    .prepare<[string], string>('select name from migrations where namespace = ? order by name')
    .pluck()
    .all(namespace)
}

async function applyFile(
  db: Database,
  { namespace, file, prefix }: { namespace: string; file: string; prefix: string }
): Promise<void> {
  const name = basename(file)
  const sql = await readFile(file, 'utf8')
  // A plugin's tables are created in a running server, and must not join the transaction of its writes.
  while (db.inTransaction) await nextTick()
  // A migration may rebuild a table that others refer to; the references are checked before it counts.
  db.pragma('foreign_keys = off')
  try {
    db.exec('begin immediate')
    db.exec(table)
    if (isApplied(db, namespace, name)) return
    const before = readSchema(db)
    db.exec(sql)
    if (!db.inTransaction) {
      throw new MoonletError(
        'MIGRATION_FAILED',
        `The migration ${file} ends the transaction it is applied in, so it may be applied in part. ` +
          `Remove its COMMIT or ROLLBACK and restore the database ${db.name}.`
      )
    }
    refuseForeign(before, readSchema(db), prefix)
    if (prefix !== '') {
      refuseCode(db)
      refuseReferences(db, prefix)
    }
    const broken = db.pragma('foreign_key_check') as { table: string }[]
    if (broken[0] !== undefined) {
      throw new Error(`it leaves a row of ${broken[0].table} that refers to a missing one`)
    }
    db.prepare('insert into migrations (namespace, name, applied_at) values (?, ?, ?)').run(
      namespace,
      name,
      Math.floor(Date.now() / 1000)
    )
    db.exec('commit')
  } catch (cause) {
    if (cause instanceof MoonletError) throw cause
    const reason = isStorageError(cause)
      ? `${cause.message} (${cause.code})`
      : cause instanceof Error
        ? cause.message
        : String(cause)
    throw new MoonletError(
      'MIGRATION_FAILED',
      `The migration ${file} failed: ${reason}. The database ${db.name} is as it was before it.`,
      { cause }
    )
  } finally {
    if (db.inTransaction) db.exec('rollback')
    db.pragma('foreign_keys = on')
  }
}

/** Another process may have applied it before this one got the lock. */
function isApplied(db: Database, namespace: string, name: string): boolean {
  return (
    db.prepare('select 1 from migrations where namespace = ? and name = ?').get(namespace, name) !==
    undefined
  )
}

/** The schema: names, and the SQL that created them. */
const readSchema = (db: Database): Map<string, string> =>
  new Map(
    db
      .prepare<[], { name: string; sql: string }>(
        "select name, coalesce(sql, '') as sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\'"
      )
      .all()
      .map(({ name, sql }) => [name, sql])
  )

/** A backup must hold data and nothing that runs; restoring one checks that (transfer/check-schema.ts). */
function refuseCode(db: Database): void {
  const found = db
    .prepare<[], string>(
      "select type || ' ' || name from sqlite_schema where type in ('trigger', 'view')"
    )
    .pluck()
    .get()
  if (found !== undefined) {
    throw new Error(`it makes the ${found}; a plugin may have tables and indexes alone`)
  }
}

function refuseReferences(db: Database, prefix: string): void {
  const found = findForeignReference(db, prefix)
  if (found === undefined) return
  throw new Error(
    `${found.table} refers to ${found.target}; a plugin's tables may refer to its own alone, ` +
      'or nothing that they refer to could be deleted: keep ids without a foreign key'
  )
}

/** A plugin keeps to its own tables: nothing else may have been created, changed or dropped. */
function refuseForeign(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  prefix: string
): void {
  const foreign = [...new Set([...before.keys(), ...after.keys()])].find(
    name => !name.startsWith(prefix) && before.get(name) !== after.get(name)
  )
  if (foreign !== undefined) {
    throw new Error(
      `it makes, changes or drops ${foreign}; a plugin's own must be called ${prefix}…`
    )
  }
}
