/**
 * Brings the schema up to date. Each SQL file is applied in a transaction of its own, with the note that it was
 * applied. Of several servers that start at once, one does it and the others wait.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { MoonletError } from '../../../../core/base/errors.js'
import { findMigrations } from '../../db/migrations.js'
import type { Connection } from './connection.js'
import { mayNot } from './failure.js'

const LOCK = '75, 0'
/** A file that begins with this changes what older servers rely on. */
const BREAKING = '-- breaking'
/** Servers of one version less go on with a schema that has so many additive files more. */
const MAX_AHEAD = 1

const table = `create table if not exists migrations (
  name text primary key,
  applied_at bigint not null,
  breaking boolean not null default false
)`

interface Applied {
  readonly name: string
  readonly breaking: boolean
}

/** Returns the names of what was applied. Throws DATABASE_TOO_NEW or MIGRATION_FAILED. */
export async function migrate(connection: Connection, folder: string): Promise<string[]> {
  const files = await findMigrations(folder)
  refuseAhead(await readApplied(connection), files)
  if ((await readMissing(connection, files)).length === 0) return []
  await connection.script('set statement_timeout = 0')
  await connection.script(`select pg_advisory_lock(${LOCK})`)
  try {
    return await applyAll(connection, files)
  } finally {
    await connection.script(`select pg_advisory_unlock(${LOCK})`).catch(() => {})
    await connection.script('reset statement_timeout').catch(() => {})
  }
}

async function applyAll(connection: Connection, files: readonly string[]): Promise<string[]> {
  // Umzug takes a quarter of a second to load; most starts do without.
  const { Umzug } = await import('umzug')
  const umzug = new Umzug({
    migrations: files.map(file => ({
      name: basename(file),
      path: file,
      up: () => applyFile(connection, file)
    })),
    // applyFile notes it, within the transaction.
    storage: {
      executed: async () => (await readApplied(connection)).map(({ name }) => name),
      logMigration: async () => {},
      unlogMigration: async () => {}
    },
    logger: undefined
  })
  const done = await umzug.up().catch((error: unknown) => {
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error
  })
  return done.map(({ name }) => name)
}

async function applyFile(connection: Connection, file: string): Promise<void> {
  const sql = await readFile(file, 'utf8')
  try {
    await connection.script('begin')
    await connection.script(table)
    await connection.script(sql)
    await connection.run([
      {
        sql: 'insert into migrations (name, applied_at, breaking) values ($1, $2, $3)',
        values: [basename(file), Math.floor(Date.now() / 1000), sql.startsWith(BREAKING)]
      }
    ])
    await connection.script('commit')
  } catch (cause) {
    await connection.script('rollback').catch(() => {})
    // Of rights there is more to say than where it was noticed.
    if (mayNot(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MoonletError(
      'MIGRATION_FAILED',
      `The migration ${basename(file)} failed: ${reason}. The database is as it was before it.`,
      { cause }
    )
  }
}

/** Does not write: a database that is up to date is only read. */
async function readApplied(connection: Connection): Promise<Applied[]> {
  const [found] = await connection.run([
    { sql: "select to_regclass('migrations') is not null as there", values: [] }
  ])
  if (found?.rows[0]?.['there'] !== true) return []
  const [applied] = await connection.run([
    { sql: 'select name, breaking from migrations order by name collate "C"', values: [] }
  ])
  return (applied?.rows ?? []) as unknown as Applied[]
}

async function readMissing(connection: Connection, files: readonly string[]): Promise<string[]> {
  const applied = new Set((await readApplied(connection)).map(({ name }) => name))
  return files.filter(file => !applied.has(basename(file)))
}

/** Throws DATABASE_TOO_NEW for a schema that has more than `maxAhead` files that this version does not know. */
export async function refuseNewer(
  connection: Connection,
  folder: string,
  maxAhead = MAX_AHEAD
): Promise<void> {
  refuseAhead(await readApplied(connection), await findMigrations(folder), maxAhead)
}

function refuseAhead(
  applied: readonly Applied[],
  files: readonly string[],
  maxAhead = MAX_AHEAD
): void {
  const known = new Set(files.map(file => basename(file)))
  const newer = applied.filter(({ name }) => !known.has(name))
  if (newer.length <= maxAhead && !newer.some(({ breaking }) => breaking)) return
  throw new MoonletError(
    'DATABASE_TOO_NEW',
    `The database was written by a newer version: it has the migration${newer.length > 1 ? 's' : ''} ` +
      `${newer.map(({ name }) => name).join(', ')}, which this version does not know. Install the newer version again.`
  )
}
