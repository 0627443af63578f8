/** WORKERS: several servers on one port, and what of the limits of the machine each of them has. */
import { availableParallelism } from 'node:os'
import { readSetting } from './load.js'
import type { Config } from './schema.js'
import { SettingProblem } from './setting.js'

type Environment = Readonly<Record<string, string | undefined>>

/** What the process that starts the workers needs to know. */
export interface Workforce {
  readonly workers: number
  readonly logLevel: Config['LOG_LEVEL']
}

/**
 * Undefined: one process serves, which checks all settings. Settings that are wrong, or that do not go with several
 * workers, count as one, so that the check says so once.
 */
export function readWorkforce(environment: Environment): Workforce | undefined {
  try {
    const workers = readSetting('WORKERS', environment)
    const logLevel = readSetting('LOG_LEVEL', environment)
    if (workers === 1 || readSetting('DATABASE_URL', environment) === undefined) return undefined
    return { workers, logLevel }
  } catch (error) {
    if (error instanceof SettingProblem) return undefined
    throw error
  }
}

/** Cores that one of `workers` has. */
export const coresOf = (workers: number): number =>
  Math.max(1, Math.round(availableParallelism() / workers))

/** The settings of one worker: what is meant for all of them together is divided, as far as a server needs it. */
export function shareOf(config: Config): Config {
  const share = (total: number, least: number): number =>
    Math.max(Math.min(total, least), Math.floor(total / config.WORKERS))
  return Object.freeze({
    ...config,
    SANDBOX_MAX: share(config.SANDBOX_MAX, 2),
    SANDBOX_BUSY_MAX: share(config.SANDBOX_BUSY_MAX, 2),
    SANDBOX_POOL_MEMORY: share(config.SANDBOX_POOL_MEMORY, 64 * 1024 ** 2),
    BUFFERED_BYTES_MAX: share(config.BUFFERED_BYTES_MAX, 1024 ** 2),
    JOBS_MAX: share(config.JOBS_MAX, 1),
    QUEUE_LIMIT: share(config.QUEUE_LIMIT, 1),
    DATABASE_POOL: share(config.DATABASE_POOL, 3)
  })
}
