/** The database of DATABASE_URL: whether a server would start on it. */
import type { Config } from '../../config/schema.js'
import { toSentence } from '../process/start-error.js'
import { findings, type Finding } from './finding.js'
import { toRouteFindings } from './routes.js'

const { ok, warning, failed } = findings('database')

/** Changes nothing in it. */
export async function checkDatabase(config: Config): Promise<readonly Finding[]> {
  // Only who asks for it loads it.
  const { readDatabaseFacts } = await import('../../plugins/storage/postgres/offline-facts.js')
  try {
    const { where, version, servers, connections, isDurable, refusedRoutes } =
      await readDatabaseFacts(config)
    const use = servers === 0 ? '' : `; ${servers} server${servers === 1 ? '' : 's'} live on it`
    // Each server has one that listens, besides.
    const wanted = (Math.max(1, servers) + 1) * (config.DATABASE_POOL + 1)
    return [
      ok(`The database at ${where} can be used: PostgreSQL ${version}${use}.`),
      ...(connections >= wanted
        ? []
        : [
            warning(
              `The database takes ${connections} connections; its servers and another one may want ${wanted}.`,
              'Raise max_connections of PostgreSQL, or lower DATABASE_POOL.'
            )
          ]),
      ...(isDurable
        ? []
        : [
            warning(
              'What the database has acknowledged may be lost with its power (fsync or synchronous_commit is off).',
              'Set both to on, for the server, the database and the user.'
            )
          ]),
      ...toRouteFindings(refusedRoutes)
    ]
  } catch (error) {
    return [failed('No server can start on the database.', toSentence(error))]
  }
}
