/** What the commands of `moonlet` do with a database of DATABASE_URL, without a server. */
import type { Config } from '../../../config/schema.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { OfflineStorage } from '../../../core/contracts/offline-storage.js'
import { openServerStorage } from './server-storage.js'

export function createOfflinePostgres(config: Config): OfflineStorage {
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
    isLunarDatabase: () => false,
    importLunar: () => refuse('import', 'import into a file first'),
    rotateSecretKey: () => refuse('rotate-secrets', 'its key cannot be replaced yet'),
    async takeOver(options) {
      const { DATABASE_URL: address, DATABASE_WAIT, SECRET_KEY: secretKey } = config
      if (address === undefined) throw new Error('there is no DATABASE_URL')
      const { moveToPostgres } = await import('../move/move.js')
      return moveToPostgres(options, { address, waitMs: DATABASE_WAIT * 1000, secretKey })
    }
  }
}

const refuse = (command: string, instead: string): Promise<never> =>
  Promise.reject(
    new MoonletError(
      'INVALID_REQUEST',
      `moonlet ${command} is for the database in DATA_DIR, and DATABASE_URL names one on PostgreSQL: ${instead}.`
    )
  )
