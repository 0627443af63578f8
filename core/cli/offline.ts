import { withEnvironment } from '../../config/load.js'
import type { OfflineStorage } from '../contracts/offline-storage.js'
import { createOfflineStorage } from '../../plugins/storage/offline.js'
import { prepareStart } from '../process/bootstrap.js'
import type { Context } from './context.js'

/** The data folder that the settings name. Throws SETTINGS_INVALID, or PLUGIN_FAILED. */
export async function openDataFolder({ settings }: Context): Promise<OfflineStorage> {
  const { config } = await prepareStart(withEnvironment(settings))
  return createOfflineStorage(config)
}
