/** Servers on one database share their keys: a fingerprint of each is kept, and another one is refused. */
import { createHmac } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'
import type { Database } from './db/database.js'

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
    // Under SECRET_KEY, so that whoever reads the database cannot try API keys.
    const hash = createHmac('sha256', secretKey).update(`${name}\0${text}`).digest()
    const [, found] = await db.transaction([], session =>
      session.run([
        {
          sql: 'insert into fingerprints (name, hash) values ($1, $2) on conflict do nothing',
          values: [name, hash]
        },
        { sql: 'select hash from fingerprints where name = $1', values: [name] }
      ])
    )
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
