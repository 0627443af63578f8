/** Storage on a PostgreSQL of its own, for tests. */
import type { Test } from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import {
  openPostgresStorage,
  type PostgresOptions,
  type PostgresStorage
} from '../../../../plugins/storage/postgres/storage.js'
import type { OpenStorage } from '../../../contracts/storage.js'
import type { Postgres } from '../../../helpers/postgres.js'
import { SECRET_KEY } from '../open-storage.js'

export async function openAt(
  t: Test,
  url: string,
  options: Partial<PostgresOptions> = {}
): Promise<PostgresStorage> {
  const storage = await openPostgresStorage({
    address: parseDatabaseUrl(url),
    secretKey: SECRET_KEY,
    poolSize: 4,
    ...options
  })
  t.teardown(() => storage.close())
  return storage
}

/** Opens an empty database for each test, quickly: a copy of one with the schema. */
export async function openNewOn(postgres: Postgres): Promise<OpenStorage> {
  const template = await postgres.create()
  const storage = await openPostgresStorage({
    address: parseDatabaseUrl(template),
    secretKey: SECRET_KEY
  })
  await storage.close()
  return async (t, clock) =>
    openAt(
      t,
      await postgres.create(template),
      clock === undefined ? {} : { nowMs: () => clock.now }
    )
}
