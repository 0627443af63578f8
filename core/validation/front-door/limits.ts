/** How often a function may be called, and how much it may use. */
import {
  rateLimitSubjects,
  type FunctionLimits,
  type RateLimit
} from '../../contracts/front-door.js'
import { readFields, readOneOf, readWhole } from './fields.js'

/** What the server's settings allow at most. */
export interface ServerLimits {
  readonly EXECUTION_TIMEOUT: number
  readonly SANDBOX_MEMORY_MB: number
  readonly BODY_LIMIT: number
  readonly KV_LIMIT: number
  readonly HISTORY_LIMIT: number
}

const MAX_REQUESTS = 1_000_000
const DAY_SECONDS = 86_400
const MAX_CONCURRENCY = 100_000

interface Bounds {
  readonly min: number
  /** The setting that is the greatest value, or that value. */
  readonly max: keyof ServerLimits | number
}

export const limitBounds: Readonly<Record<keyof FunctionLimits, Bounds>> = {
  max_concurrency: { min: 1, max: MAX_CONCURRENCY },
  timeout_seconds: { min: 1, max: 'EXECUTION_TIMEOUT' },
  // Less, and a sandbox does not start.
  memory_mb: { min: 32, max: 'SANDBOX_MEMORY_MB' },
  body_limit: { min: 1, max: 'BODY_LIMIT' },
  kv_bytes: { min: 1, max: 'KV_LIMIT' },
  history_bytes: { min: 1, max: 'HISTORY_LIMIT' }
}

/** Without `server` a number may be of any size: it was taken by another server, and this one's limits hold anyway. */
export function readLimit(
  name: keyof FunctionLimits,
  value: unknown,
  server: ServerLimits | undefined
): number {
  const { min, max } = limitBounds[name]
  if (typeof max === 'number') return readWhole(name, name, value, { min, max })
  return readWhole(name, name, value, {
    min,
    max: server?.[max] ?? Number.MAX_SAFE_INTEGER,
    setting: max
  })
}

export function readRateLimit(value: unknown): RateLimit {
  const field = 'rate_limit'
  const { requests, seconds, by } = readFields(field, value, ['requests', 'seconds', 'by'])
  return {
    requests: readWhole(field, 'requests', requests, { min: 1, max: MAX_REQUESTS }),
    seconds: readWhole(field, 'seconds', seconds, { min: 1, max: DAY_SECONDS }),
    by: readOneOf(field, 'by', by ?? 'ip', rateLimitSubjects)
  }
}
