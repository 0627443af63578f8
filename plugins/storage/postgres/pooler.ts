/**
 * Something between a server and its database, such as PgBouncer, may give each transaction another connection. Then
 * locks, LISTEN and statements that were prepared are somebody else's: that is refused before it does harm.
 */
import { MoonletError } from '../../../core/base/errors.js'
import type { Connection } from './db/connection.js'
import { codeOf } from './db/error-text.js'

/** PostgreSQL's codes for a prepared statement that is not there, or that is there already. */
const OF_SOMEBODY_ELSE = ['26000', '42P05']

/** Throws STORAGE_FAILED. `openOther` gives another connection to the same database. */
export async function refusePooledTransactions(
  connection: Connection,
  openOther: () => Promise<Connection>
): Promise<void> {
  const first = await readProcess(connection)
  // PostgreSQL tells its process at the start; a pooler tells a number of its own.
  if (first === connection.processId) return
  const other = await openOther()
  try {
    await other.script('begin')
    const inTransaction = await readProcess(other)
    if (inTransaction !== first && (await readProcess(connection)) === first) return
  } catch (error) {
    if (!OF_SOMEBODY_ELSE.includes(codeOf(error))) throw error
  } finally {
    await other.close()
  }
  throw new MoonletError(
    'STORAGE_FAILED',
    'DATABASE_URL leads to a pooler that gives each transaction another connection, as PgBouncer does with ' +
      'pool_mode=transaction: name the database itself, or let it pool sessions (pool_mode=session).'
  )
}

/** The process of PostgreSQL that a connection speaks with now. */
async function readProcess(connection: Connection): Promise<number> {
  const [found] = await connection.run([{ sql: 'select pg_backend_pid() as id', values: [] }])
  return Number(found?.rows[0]?.['id'])
}
