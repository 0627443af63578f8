/**
 * Another key for everything in the database that is encrypted with SECRET_KEY, in one transaction: a server finds all
 * of it under the old key or all under the new one, and by the fingerprint which.
 */
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Progress } from '../../../core/contracts/offline-storage.js'
import { createSecretBox } from '../secrets/secret-box.js'
import type { Connection } from './db/connection.js'
import { Connections } from './db/connections.js'
import { codeOf, messageOf } from './db/error-text.js'
import { isAway, isRefusal, toStorageError } from './db/failure.js'
import {
  createFingerprints,
  readFingerprint,
  refuseOtherKeys,
  replaceFingerprints,
  type Keys
} from './fingerprints.js'
import { hasSchema, prepareSchema, refuseAnyNewer } from './schema.js'
import { sealedColumns, SealedColumn } from './sealed-columns.js'
import { toStartFailure } from './start-failure.js'

export interface Rotation {
  readonly address: DatabaseAddress
  readonly waitMs: number
  readonly keys: Keys
  readonly newKey: Uint8Array
  /** Called with bytes that are encrypted anew. */
  readonly onProgress: Progress
}

/** Of one statement: of many rows on a slow disk. */
const STATEMENT_TIMEOUT_MS = 3_600_000
const LOCK_TIMEOUT_MS = 2_000
/** PostgreSQL's code for a lock that was not to be had. */
const LOCKED = '55P03'

/**
 * Returns how many variables there are; undefined when the database has the new key already. Throws DATA_IN_USE while
 * servers live on it, SETTINGS_INVALID for another key than the database's, NOT_FOUND for a database without Moonlet,
 * STORAGE_FAILED; the database is as it was then.
 */
export async function rotateSecrets(rotation: Rotation): Promise<number | undefined> {
  const { address, waitMs } = rotation
  const connections = new Connections({
    address,
    max: 1,
    waitMs,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS
  })
  try {
    const connection = await connections.acquire(undefined, true)
    try {
      return await rotateOn(connection, rotation).catch(tellLost)
    } finally {
      // Ends the transaction if it is open.
      await connection.close()
    }
  } catch (error) {
    throw explain(error, address)
  }
}

/** Whether the last statement was done is not known then; another run finds out. */
function tellLost(error: unknown): never {
  if (!isAway(error)) throw error
  throw new MoonletError(
    'STORAGE_FAILED',
    `The connection to the database was lost (${messageOf(error)}). Everything has the old key or everything has ` +
      'the new one: run this again.',
    { cause: error }
  )
}

function explain(error: unknown, address: DatabaseAddress): MoonletError {
  if (codeOf(error) === LOCKED) {
    const words =
      'Somebody else works on that database, such as "moonlet migrate": wait for its end.'
    return new MoonletError('DATA_IN_USE', words, { cause: error })
  }
  return isAway(error) || isRefusal(error) ? toStartFailure(error, address) : toStorageError(error)
}

async function rotateOn(
  connection: Connection,
  { address, keys, newKey, onProgress }: Rotation
): Promise<number | undefined> {
  await connection.script(
    `set idle_in_transaction_session_timeout = 0; set lock_timeout = ${LOCK_TIMEOUT_MS}`
  )
  if (!(await hasSchema(connection))) {
    throw new MoonletError(
      'NOT_FOUND',
      'That database has nothing of Moonlet in it; is DATABASE_URL right?'
    )
  }
  await refuseAnyNewer(connection)
  await refuseServers(connection)
  if (await hasKey(connection, newKey)) return undefined
  await refuseOtherKeys(connection, keys)
  await prepareSchema(connection)
  // One that hangs may hold locks.
  await endStale(connection, address.applicationName)
  await connection.script('begin')
  // Servers that start, and new connections of those that are cut off, wait for the end and then see the new key.
  await connection.script('lock table nodes, fingerprints in access exclusive mode')
  await refuseServers(connection)
  await refuseOtherKeys(connection, keys)
  await endStale(connection, address.applicationName)
  const columns = sealedColumns.map(
    column =>
      new SealedColumn(connection, column, {
        before: createSecretBox(keys.secretKey),
        after: createSecretBox(newKey)
      })
  )
  for (const column of columns) await column.lock()
  await connection.script('set lock_timeout = 0')
  let total = 0
  for (const column of columns) total += await column.bytes()
  let done = 0
  const counts: number[] = []
  for (const column of columns) {
    counts.push(
      await column.rotate(bytes => {
        done += bytes
        onProgress(Math.min(done, total), total)
      })
    )
  }
  await connection.run(replaceFingerprints({ ...keys, secretKey: newKey }))
  await connection.script('commit')
  return counts[0] ?? 0
}

async function refuseServers(connection: Connection): Promise<void> {
  const [found] = await connection.run([
    {
      sql: `select string_agg(distinct host, ', ' order by host) as hosts from nodes
        where lease_until > extract(epoch from clock_timestamp()) * 1000`,
      values: []
    }
  ])
  const hosts = found?.rows[0]?.['hosts']
  if (typeof hosts !== 'string') return
  throw new MoonletError(
    'DATA_IN_USE',
    `Servers run on that database, on ${hosts}: stop all of them first. One that was killed counts for 16 seconds.`
  )
}

async function hasKey(connection: Connection, secretKey: Uint8Array): Promise<boolean> {
  const stored = await readFingerprint(connection, 'SECRET_KEY')
  const [[, hash] = []] = createFingerprints({ secretKey, apiKey: undefined })
  return stored !== undefined && hash?.equals(stored) === true
}

/**
 * A server that hung for longer than its lease may come back, and would go on with the old key: without its connections
 * it has to open others, which are asked for the key.
 */
async function endStale(connection: Connection, applicationName: string): Promise<void> {
  await connection.run([
    {
      sql: `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
          and application_name in ('moonlet', $1)`,
      values: [applicationName]
    }
  ])
}
