import { withEnvironment } from '../../config/load.js'
import type { OfflineStorage } from '../contracts/offline-storage.js'
import { createOfflineStorage } from '../../plugins/storage/offline.js'
import { loadWithoutPlugins } from '../process/bootstrap.js'
import type { Context } from './context.js'

/** The data folder or the database that the settings name. Throws SETTINGS_INVALID. */
export async function openDataFolder({ settings }: Context): Promise<OfflineStorage> {
  const config = await loadWithoutPlugins(withEnvironment(settings))
  if (config.DATABASE_URL === undefined) return createOfflineStorage(config)
  // Only who asks for it loads it.
  const { createOfflinePostgres } = await import('../../plugins/storage/postgres/offline.js')
  return createOfflinePostgres(config)
}
