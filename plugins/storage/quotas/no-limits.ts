/** For storage that is opened without limits, as by commands: nothing is removed to make room, and nothing refused. */
import type { StorageLimits } from '../../../core/contracts/storage.js'

export const NO_LIMITS: StorageLimits = {
  history: Infinity,
  historyPerFunction: Infinity,
  kv: Infinity,
  kvPerFunction: Infinity,
  jobs: { perFunction: Infinity, bytes: Infinity }
}
