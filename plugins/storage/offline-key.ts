/** Looks at the key of a data folder without a server, and gives its secrets up where it is lost. */
import { existsSync } from 'node:fs'
import { MoonletError } from '../../core/base/errors.js'
import type { DiscardedSecrets } from '../../core/contracts/offline-storage.js'
import { toStorageError } from './db/failure.js'
import { openDatabase, openForReading } from './db/open.js'
import { chooseKey, isKeyLost, type KeyPlace } from './secrets/checked-key.js'
import { discardSecrets } from './secrets/sealed-values.js'

/** Only reads, also beside a server. Rejects with SETTINGS_INVALID when a start would be refused for its key. */
export async function checkKey(place: KeyPlace): Promise<void> {
  if (!existsSync(place.database)) return
  const db = openForReading(place.database)
  try {
    await chooseKey(db, place)
  } finally {
    db.close()
  }
}

/** Nobody else may use the folder. Rejects with INVALID_REQUEST while the key is there, or nothing is encrypted. */
export async function discardLostSecrets(place: KeyPlace): Promise<DiscardedSecrets> {
  const { database } = place
  if (!existsSync(database)) {
    throw new MoonletError('NOT_FOUND', `There is no database at ${database}; is DATA_DIR right?`)
  }
  const db = openDatabase(database)
  try {
    if (await isKeyLost(db, place)) return discardSecrets(db)
  } catch (error) {
    throw toStorageError(error)
  } finally {
    db.close()
  }
  throw new MoonletError(
    'INVALID_REQUEST',
    `Nothing was removed: what is encrypted in ${database} can be read with the key that is there.`
  )
}
