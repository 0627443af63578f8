/** What a server would find at its start on the database of DATABASE_URL, which is only read. */
import { showHost } from '../../../config/database-url.js'
import type { Config } from '../../../config/schema.js'
import type { RefusedRoute } from '../../../core/contracts/addresses.js'
import { toRefusedRoutes } from '../functions/refused-routes.js'
import type { Connection } from './db/connection.js'
import { Connections } from './db/connections.js'
import type { SqlRow } from './db/values.js'
import { present } from './functions/function-reads.js'
import { refuseOtherKeys } from './fingerprints.js'
import { refusePooledTransactions } from './pooler.js'
import { checkSchema, hasSchema } from './schema.js'
import { requireKeys } from './server-storage.js'
import { toStartFailure } from './start-failure.js'

export interface DatabaseFacts {
  /** Hosts and ports. */
  readonly where: string
  /** Such as `15.6`. */
  readonly version: string
  /** Servers that live on it. */
  readonly servers: number
  /** Connections that it takes from users like ours. */
  readonly connections: number
  /** False: what is acknowledged may be lost with its power. */
  readonly isDurable: boolean
  readonly refusedRoutes: readonly RefusedRoute[]
}

/** Rejects as a start would, in one sentence. */
export async function readDatabaseFacts(config: Config): Promise<DatabaseFacts> {
  const { DATABASE_URL: address, DATABASE_WAIT } = config
  const keys = requireKeys(config)
  if (address === undefined) throw new Error('there is no DATABASE_URL')
  const connections = new Connections({ address, max: 1, waitMs: DATABASE_WAIT * 1000 })
  try {
    const connection = await connections.acquire(undefined, true)
    try {
      await refusePooledTransactions(connection, () => connections.openOwn())
      await checkSchema(connection)
      const isMade = await hasSchema(connection)
      if (isMade) await refuseOtherKeys(connection, keys)
      const settings = await ask(connection, facts)
      const nodes = isMade ? await ask(connection, living) : {}
      return {
        where: address.hosts.map(showHost).join(', '),
        version: String(settings['version']),
        connections: Number(settings['connections']),
        isDurable: settings['durable'] === true,
        refusedRoutes: isMade ? await readRefusedRoutes(connection) : [],
        servers: Number(nodes['servers'] ?? 0)
      }
    } finally {
      await connection.close()
    }
  } catch (error) {
    throw toStartFailure(error, address)
  }
}

async function readRefusedRoutes(connection: Connection): Promise<RefusedRoute[]> {
  const [result] = await connection.run([{ sql: routed, values: [] }])
  return toRefusedRoutes((result?.rows ?? []) as unknown as RoutedRow[])
}

async function ask(connection: Connection, sql: string): Promise<SqlRow> {
  const [result] = await connection.run([{ sql, values: [] }])
  return result?.rows[0] ?? {}
}

const facts = `
  select current_setting('server_version') as version,
    current_setting('max_connections')::int8
      - current_setting('superuser_reserved_connections')::int8 as connections,
    current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durable`

const living = `
  select count(*) as servers from nodes where lease_until > extract(epoch from clock_timestamp()) * 1000`

type RoutedRow = Parameters<typeof toRefusedRoutes>[0][number]

const routed = `
  select f.id, f.name, f.front_door as "frontDoor" from functions f where f.front_door is not null and ${present}
  order by f.seq`
