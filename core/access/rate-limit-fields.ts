/** The fields of draft-ietf-httpapi-ratelimit-headers-10, which tell clients how much of a limit is left. */
import type { RateLimit } from '../contracts/front-door.js'
import type { RateLimitState } from '../contracts/shared-work.js'

/** The name of the only policy that a function has. */
const POLICY = '"default"'

/** Headers of every answer of a function with a rate limit; of a refused call `Retry-After` too. */
export function rateLimitFields(
  { requests, seconds }: RateLimit,
  { isExceeded, remaining, resetMs }: RateLimitState
): Record<string, string> {
  const resetSeconds = Math.max(1, Math.ceil(resetMs / 1000))
  return {
    'ratelimit-policy': `${POLICY};q=${requests};w=${seconds}`,
    ratelimit: `${POLICY};r=${remaining};t=${resetSeconds}`,
    ...(isExceeded ? { 'retry-after': String(resetSeconds) } : {})
  }
}
