/** Servers on one database share their keys: a fingerprint of each is kept, and another one is refused. */
import { createHmac } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'
import type { Database } from './db/database.js'
import type { Statement } from './db/statement.js'

interface Keys {
  readonly secretKey: Uint8Array
  /** undefined: nobody asks for it. */
  readonly apiKey: string | undefined
}

/** Throws SETTINGS_INVALID. */
export async function checkFingerprints(db: Database, { secretKey, apiKey }: Keys): Promise<void> {
  const keys = [
    ['SECRET_KEY', 'moonlet'],
    ...(apiKey === undefined ? [] : [['API_KEY', apiKey] as const])
  ] as const
  for (const [name, text] of keys) {
    const hash = createFingerprint(secretKey, name, text)
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
}

/** Of SECRET_KEY (`text` is 'moonlet') or API_KEY. */
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
