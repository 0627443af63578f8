/** What the commands of `moonlet` do with a data folder, without a server. */
import { join } from 'node:path'
import type { Config } from '../../config/schema.js'
import type { OfflineStorage, OpenedData } from '../../core/contracts/offline-storage.js'
import { MoonletError } from '../../core/base/errors.js'
import { lockDataFolder } from './db/data-lock.js'
import { tryFolder } from './db/try-folder.js'
import { discardLostSecrets } from './offline-key.js'
import { importLunar } from './import/import-lunar.js'
import { isLunarDatabase } from './import/lunar-database.js'
import { rotateSecretKey } from './secrets/rotate-secret-key.js'
import { createKeySource } from './secrets/checked-key.js'
import { migrationsFolder, openStorage } from './storage.js'
import { backupFile, exists } from './transfer/backup-file.js'
import { checkCurrent } from './transfer/check-current.js'
import { restoreFile } from './transfer/restore-file.js'

export function createOfflineStorage({
  DATA_DIR,
  SECRET_KEY,
  SECRET_KEY_NEW
}: Pick<Config, 'DATA_DIR' | 'SECRET_KEY'> & Partial<Config>): OfflineStorage {
  const database = join(DATA_DIR, 'moonlet.db')
  const place = { database, folder: DATA_DIR, settingKey: SECRET_KEY }

  const open = async (mayRepair: boolean) =>
    openStorage({ file: database, secretKey: await createKeySource(place, { mayRepair }) })

  async function openBeside(): Promise<OpenedData> {
    if (!(await exists(database))) {
      throw new MoonletError('NOT_FOUND', `There is no database at ${database}; is DATA_DIR right?`)
    }
    await checkCurrent(database)
    const storage = await open(false)
    return { storage, close: () => storage.close() }
  }

  async function openAlone(): Promise<OpenedData> {
    const lock = lockDataFolder(DATA_DIR)
    try {
      const storage = await open(true)
      return { storage, close: () => storage.close().finally(lock.release) }
    } catch (error) {
      lock.release()
      throw error
    }
  }

  return {
    open: options => (options.alone ? openAlone() : openBeside()),
    backup: (target, options) => backupFile(database, target, options),
    restore: (backup, onProgress) => restoreFile(backup, database, onProgress),
    tryFolder: () => tryFolder(DATA_DIR),
    isLunarDatabase: file => Promise.resolve(isLunarDatabase(file)),
    importLunar: (file, onProgress) =>
      alone(DATA_DIR, async () =>
        importLunar({
          file,
          database,
          migrationsFolder,
          secretKey: await createKeySource(place, { mayRepair: true }),
          onProgress
        })
      ),
    async rotateSecretKey() {
      if (SECRET_KEY_NEW !== undefined) throw refuseNewKey()
      return alone(DATA_DIR, async () => ({
        ...(await rotateSecretKey(place)),
        inUse: SECRET_KEY === undefined
      }))
    },
    discardSecrets: () => alone(DATA_DIR, () => discardLostSecrets(place)),
    takeOver: refuseMove
  }
}

/** Does the work while no server can run on the folder. */
async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = lockDataFolder(folder)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

const refuseMove = (): Promise<never> =>
  Promise.reject(
    new MoonletError(
      'INVALID_REQUEST',
      'moonlet migrate moves a data folder to PostgreSQL: name the database with --to or in DATABASE_URL.'
    )
  )

const refuseNewKey = (): MoonletError =>
  new MoonletError(
    'INVALID_REQUEST',
    'SECRET_KEY_NEW is for databases on PostgreSQL (DATABASE_URL): ' +
      'for a data folder the command makes the new key itself.'
  )
