/** Servers on one database share their keys: a fingerprint of each is kept, and another one is refused. */
import { createHmac } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'
import type { Connection } from './db/connection.js'
import type { Database } from './db/database.js'
import { unavailable } from './db/failure.js'
import type { Statement } from './db/statement.js'

export interface Keys {
  readonly secretKey: Uint8Array
  /** undefined: nobody asks for it. */
  readonly apiKey: string | undefined
}

/** What the fingerprint of SECRET_KEY is made of. */
const keyText = 'moonlet'

/**
 * Throws SETTINGS_INVALID. Connections that are opened from then on are compared as well, since SECRET_KEY may be
 * replaced while this server is cut off.
 */
export async function checkFingerprints(db: Database, keys: Keys): Promise<void> {
  for (const [name, hash] of createFingerprints(keys)) {
    const [, found] = await db.transaction([], session => session.run(keepFingerprint(name, hash)))
    const stored = found?.rows[0]?.['hash']
    if (stored instanceof Uint8Array && hash.equals(stored)) continue
    throw new MoonletError(
      'SETTINGS_INVALID',
      `${name} is another one than that of this database: all servers on it share one. Set that of the others` +
        (name === 'API_KEY'
          ? "; to give all of them a new one, stop them and run: delete from fingerprints where name = 'API_KEY'"
          : '.')
    )
  }
  const hash = createFingerprint(keys.secretKey, 'SECRET_KEY', keyText)
  db.connections.check = connection => refuseOtherKey(connection, hash)
}

async function refuseOtherKey(connection: Connection, hash: Buffer): Promise<void> {
  const stored = await readFingerprint(connection, 'SECRET_KEY')
  if (stored === undefined || hash.equals(stored)) return
  throw unavailable('SECRET_KEY was replaced; this server needs the new one and a restart')
}

/** Throws SETTINGS_INVALID; a key that the database has no fingerprint of is as good as any. */
export async function refuseOtherKeys(connection: Connection, keys: Keys): Promise<void> {
  for (const [name, hash] of createFingerprints(keys)) {
    const stored = await readFingerprint(connection, name)
    if (stored === undefined || hash.equals(stored)) continue
    throw new MoonletError(
      'SETTINGS_INVALID',
      `${name} is another one than that of this database: set that of its servers.`
    )
  }
}

export async function readFingerprint(
  connection: Connection,
  name: string
): Promise<Uint8Array | undefined> {
  const [found] = await connection.run([
    { sql: 'select hash from fingerprints where name = $1', values: [name] }
  ])
  const hash = found?.rows[0]?.['hash']
  return hash instanceof Uint8Array ? hash : undefined
}

/** By the names of their settings; without API_KEY, if nobody asks for it. */
export const createFingerprints = ({ secretKey, apiKey }: Keys): [string, Buffer][] =>
  [['SECRET_KEY', keyText] as const, ['API_KEY', apiKey] as const].flatMap(([name, text]) =>
    text === undefined ? [] : [[name, createFingerprint(secretKey, name, text)]]
  )

/** Of SECRET_KEY (`text` is `keyText`) or API_KEY. */
export const createFingerprint = (secretKey: Uint8Array, name: string, text: string): Buffer =>
  // Under SECRET_KEY, so that whoever reads the database cannot try API keys.
  createHmac('sha256', secretKey).update(`${name}\0${text}`).digest()

/** The first one stays; the second statement gives it. */
export const keepFingerprint = (name: string, hash: Uint8Array): Statement[] => [
  {
    sql: 'insert into fingerprints (name, hash) values ($1, $2) on conflict do nothing',
    values: [name, hash]
  },
  { sql: 'select hash from fingerprints where name = $1', values: [name] }
]

export const replaceFingerprints = (keys: Keys): Statement[] =>
  createFingerprints(keys).map(([name, hash]) => ({
    sql: `insert into fingerprints (name, hash) values ($1, $2)
      on conflict (name) do update set hash = excluded.hash`,
    values: [name, hash]
  }))
