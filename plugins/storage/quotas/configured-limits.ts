import type { Config } from '../../../config/schema.js'
import type { StorageLimits } from '../../../core/contracts/storage.js'

/** As the settings say. */
export const toLimits = (config: Config): StorageLimits => ({
  history: config.HISTORY_LIMIT,
  historyPerFunction: config.HISTORY_LIMIT_PER_FUNCTION,
  kv: config.KV_LIMIT,
  kvPerFunction: config.KV_LIMIT_PER_FUNCTION,
  jobs: { perFunction: config.JOBS_WAITING, bytes: config.JOBS_LIMIT }
})
