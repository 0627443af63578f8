/** The schema of the database: made and brought up to date, or only looked at. */
import { fileURLToPath } from 'node:url'
import { MoonletError } from '../../../core/base/errors.js'
import type { Connection } from './db/connection.js'
import { migrate, refuseNewer } from './db/migrations.js'

const folder = fileURLToPath(new URL('../../../migrations/postgres/', import.meta.url))

/** The first version that has all that is used; the README names it. */
const OLDEST = 13

/**
 * Throws DATABASE_TOO_NEW, MIGRATION_FAILED, STORAGE_FAILED for a server that is too old or an encoding that cannot
 * hold every text, or an error with PostgreSQL's code for a right that is missing.
 */
export async function prepareSchema(connection: Connection): Promise<void> {
  await refuseServer(connection)
  await migrate(connection, folder)
  await refuseMissingRights(connection)
}

/** Changes nothing. Throws DATABASE_TOO_NEW or STORAGE_FAILED. */
export async function checkSchema(connection: Connection): Promise<void> {
  await refuseServer(connection)
  await refuseNewer(connection, folder)
}

/** For who must know of every column. Changes nothing; throws DATABASE_TOO_NEW. */
export const refuseAnyNewer = (connection: Connection): Promise<void> =>
  refuseNewer(connection, folder, 0)

/** Whether there is one. */
export async function hasSchema(connection: Connection): Promise<boolean> {
  const [found] = await connection.run([
    { sql: "select to_regclass('fingerprints') is not null as there", values: [] }
  ])
  return found?.rows[0]?.['there'] === true
}

async function refuseServer(connection: Connection): Promise<void> {
  const [found] = await connection.run([
    {
      sql: `select current_setting('server_encoding') as encoding, current_setting('server_version') as version,
        current_setting('server_version_num')::integer as number`,
      values: []
    }
  ])
  const { encoding, version, number } = found?.rows[0] ?? {}
  if (Number(number) < OLDEST * 10_000) {
    throw new MoonletError(
      'STORAGE_FAILED',
      `The database is PostgreSQL ${String(version)}; Moonlet needs ${OLDEST} or newer.`
    )
  }
  if (encoding === 'UTF8') return
  throw new MoonletError(
    'STORAGE_FAILED',
    `The database has the encoding ${String(encoding)}; Moonlet needs one with UTF8.`
  )
}

/** Its tables may be another user's, who has not granted a new one: better now than at the first call that needs it. */
async function refuseMissingRights(connection: Connection): Promise<void> {
  const [found] = await connection.run([
    {
      sql: `select string_agg(own.relname, ', ' order by own.relname) as names
        from pg_class own join pg_class known on known.oid = to_regclass('migrations')
        where own.relkind = 'r' and own.relnamespace = known.relnamespace and own.relowner = known.relowner
          and not (has_table_privilege(own.oid, 'select') and has_table_privilege(own.oid, 'insert')
            and has_table_privilege(own.oid, 'update') and has_table_privilege(own.oid, 'delete'))`,
      values: []
    }
  ])
  const names = found?.rows[0]?.['names']
  if (typeof names !== 'string') return
  throw new MissingRights(`select, insert, update and delete are not all granted on ${names}`)
}

/** As PostgreSQL would say it of each. */
class MissingRights extends Error {
  readonly code = '42501'
}
