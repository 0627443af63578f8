/** The schema of the database: made and brought up to date, or only looked at. */
import { fileURLToPath } from 'node:url'
import { MoonletError } from '../../../core/base/errors.js'
import type { Connection } from './db/connection.js'
import { migrate, refuseNewer } from './db/migrations.js'

const folder = fileURLToPath(new URL('../../../migrations/postgres/', import.meta.url))

/** Throws DATABASE_TOO_NEW, MIGRATION_FAILED, or STORAGE_FAILED for an encoding that cannot hold every text. */
export async function prepareSchema(connection: Connection): Promise<void> {
  await refuseEncoding(connection)
  await migrate(connection, folder)
}

/** Changes nothing. Throws DATABASE_TOO_NEW or STORAGE_FAILED. */
export async function checkSchema(connection: Connection): Promise<void> {
  await refuseEncoding(connection)
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

async function refuseEncoding(connection: Connection): Promise<void> {
  const [encoding] = await connection.run([
    { sql: "select current_setting('server_encoding') as encoding", values: [] }
  ])
  const found = encoding?.rows[0]?.['encoding']
  if (found === 'UTF8') return
  throw new MoonletError(
    'STORAGE_FAILED',
    `The database has the encoding ${String(found)}; Moonlet needs one with UTF8.`
  )
}
