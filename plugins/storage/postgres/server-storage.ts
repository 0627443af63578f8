/** The storage that the settings name by DATABASE_URL. */
import type { Config } from '../../../config/schema.js'
import { MoonletError } from '../../../core/base/errors.js'
import { toLimits } from '../quotas/configured-limits.js'
import type { QuotaNotice } from '../quotas/quota-warnings.js'
import { openPostgresStorage, type PostgresStorage } from './storage.js'

/** Throws SETTINGS_INVALID without the keys that all servers on the database share. */
export function requireKeys({ SECRET_KEY: secretKey, API_KEY: apiKey }: Config): {
  readonly secretKey: Uint8Array
  readonly apiKey: string
} {
  if (secretKey !== undefined && apiKey !== undefined) return { secretKey, apiKey }
  const missing = [
    ...(secretKey === undefined ? ['SECRET_KEY'] : []),
    ...(apiKey === undefined ? ['API_KEY'] : [])
  ]
  throw new MoonletError(
    'SETTINGS_INVALID',
    `DATABASE_URL needs ${missing.join(' and ')}: all servers on one database share them.`
  )
}

/** Throws SETTINGS_INVALID as `requireKeys` does. */
export async function openServerStorage(
  config: Config,
  onNotice: (notice: QuotaNotice) => void = () => {}
): Promise<PostgresStorage> {
  const { DATABASE_URL: address } = config
  const keys = requireKeys(config)
  if (address === undefined) throw new Error('there is no DATABASE_URL')
  return openPostgresStorage({
    address,
    ...keys,
    poolSize: config.DATABASE_POOL,
    waitMs: config.DATABASE_WAIT * 1000,
    limits: toLimits(config),
    onNotice
  })
}
