/**
 * How many calls a function takes, of everybody or of each caller, in windows that begin with the first call. The
 * counting is rate-limiter-flexible's: its limiters of databases have the interface of the one in memory.
 */
import { LRUCache } from 'lru-cache'
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit } from '../contracts/front-door.js'
import {
  MAX_COUNTED_CALLERS,
  type RateCounter,
  type RateLimitState,
  type RateLimitUse
} from '../contracts/shared-work.js'

/** Functions whose calls are counted, some 2 MB each at most; the one that was called longest ago counts anew. */
const MAX_FUNCTIONS = 1000

interface FunctionLimiter {
  readonly limit: RateLimit
  readonly counter: RateLimiterMemory
  readonly callers: Set<string>
}

export class RateLimiter implements RateCounter {
  private readonly functions = new LRUCache<string, FunctionLimiter>({ max: MAX_FUNCTIONS })

  /** Counts one call of `caller`. */
  async count(functionId: string, limit: RateLimit, caller: string): Promise<RateLimitState> {
    const limiter = this.functions.get(functionId)
    const isCurrent = limiter !== undefined && isSame(limiter.limit, limit)
    const { counter, callers } = isCurrent ? limiter : await this.add(functionId, limit)
    callers.add(caller)
    // Beyond, the one who came first counts anew.
    if (callers.size > MAX_COUNTED_CALLERS) await forgetOldest(callers, counter)
    return await counter.consume(caller).then(toState, (reason: unknown) => {
      // It rejects with the count beyond the limit, not with an error.
      if (reason instanceof Error) throw reason
      return { ...toState(reason as RateLimiterRes), isExceeded: true }
    })
  }

  async use(functionId: string, limit: RateLimit): Promise<RateLimitUse> {
    const limiter = this.functions.peek(functionId)
    const isCurrent = limiter !== undefined && isSame(limiter.limit, limit)
    const now = Date.now()
    const open = (isCurrent ? limiter.counter.dump().storage : [])
      .map(({ value, expiresAt }) => ({ value, resetMs: (expiresAt ?? now) - now }))
      .filter(({ resetMs }) => resetMs > 0)
    const most = open.reduce<(typeof open)[number] | undefined>(
      (found, window) => (found !== undefined && found.value >= window.value ? found : window),
      undefined
    )
    return {
      // Refused calls are counted too.
      used: Math.min(limit.requests, most?.value ?? 0),
      callers: open.length,
      resetMs: most?.resetMs
    }
  }

  private async add(functionId: string, limit: RateLimit): Promise<FunctionLimiter> {
    // The package's index loads a driver for every database that it knows, which takes a tenth of a second.
    const { default: Memory } = await import('rate-limiter-flexible/lib/RateLimiterMemory.js')
    const added = this.functions.get(functionId)
    if (added !== undefined && isSame(added.limit, limit)) return added
    const counter = new Memory({ keyPrefix: '', points: limit.requests, duration: limit.seconds })
    const limiter = { limit, counter, callers: new Set<string>() }
    this.functions.set(functionId, limiter)
    return limiter
  }
}

const isSame = (one: RateLimit, other: RateLimit): boolean =>
  one.requests === other.requests && one.seconds === other.seconds && one.by === other.by

const toState = ({ remainingPoints, msBeforeNext }: RateLimiterRes): RateLimitState => ({
  isExceeded: false,
  remaining: remainingPoints,
  resetMs: msBeforeNext
})

async function forgetOldest(callers: Set<string>, counter: RateLimiterMemory): Promise<void> {
  const [oldest = ''] = callers
  callers.delete(oldest)
  await counter.delete(oldest)
}
