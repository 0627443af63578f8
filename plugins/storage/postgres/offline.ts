/** What the commands of `moonlet` do with a database of DATABASE_URL, without a server. */
import type { Config } from '../../../config/schema.js'
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import type {
  KeyRotation,
  OfflineStorage,
  Progress
} from '../../../core/contracts/offline-storage.js'
import { openServerStorage, requireKeys } from './server-storage.js'

export function createOfflinePostgres(config: Config): OfflineStorage {
  const { DATABASE_WAIT, SECRET_KEY: secretKey } = config
  const toDestination = () => ({
    address: addressOf(config),
    waitMs: DATABASE_WAIT * 1000,
    secretKey
  })
  return {
    // PostgreSQL orders what several processes do: a server may run beside it.
    async open() {
      const storage = await openServerStorage(config)
      return { storage, close: () => storage.close() }
    },
    backup: () => refuse('backup', 'pg_dump makes a backup of it'),
    restore: () => refuse('restore', 'pg_restore or psql read what pg_dump wrote'),
    // Nothing of the database is in the folder.
    tryFolder: () => ({ isInUse: false }),
    async isLunarDatabase(file) {
      const { isLunarDatabase } = await import('../move/move-lunar.js')
      return isLunarDatabase(file)
    },
    async importLunar(file, onProgress) {
      const keys = requireKeys(config)
      const { moveLunar } = await import('../move/move-lunar.js')
      return moveLunar(file, { ...toDestination(), ...keys }, onProgress)
    },
    rotateSecretKey: onProgress => rotate(config, onProgress),
    discardSecrets: () => refuse('discard-secrets', 'that one has no start without its SECRET_KEY'),
    async takeOver(options) {
      const { moveToPostgres } = await import('../move/move.js')
      return moveToPostgres(options, toDestination())
    }
  }
}

function addressOf({ DATABASE_URL: address }: Config): DatabaseAddress {
  if (address === undefined) throw new Error('there is no DATABASE_URL')
  return address
}

/** The key comes with the settings: a file of this machine may be gone with its container. */
async function rotate(config: Config, onProgress: Progress = () => {}): Promise<KeyRotation> {
  const keys = requireKeys(config)
  const { SECRET_KEY_NEW: newKey, DATABASE_WAIT } = config
  if (newKey === undefined) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      'Set SECRET_KEY_NEW to the key that is to take the place of SECRET_KEY; "openssl rand -hex 32" makes one. ' +
        'Keep it where you keep SECRET_KEY: without it nobody can read the variables any more.'
    )
  }
  if (Buffer.compare(newKey, keys.secretKey) === 0) {
    throw new MoonletError(
      'SETTINGS_INVALID',
      'SECRET_KEY_NEW is the same key as SECRET_KEY: set SECRET_KEY to the one that the database has now.'
    )
  }
  const { rotateSecrets } = await import('./rotate-secrets.js')
  const count = await rotateSecrets({
    address: addressOf(config),
    waitMs: DATABASE_WAIT * 1000,
    keys,
    newKey,
    onProgress
  })
  return { count, keyFile: undefined, inUse: false }
}

const refuse = (command: string, instead: string): Promise<never> =>
  Promise.reject(
    new MoonletError(
      'INVALID_REQUEST',
      `moonlet ${command} is for the database in DATA_DIR, and DATABASE_URL names one on PostgreSQL: ${instead}.`
    )
  )
