/**
 * Wrong keys and session tokens, by address, wherever they are tried: at the login, as a bearer key, in the cookie.
 * After some free ones each further one doubles the time in which all others are refused. What is right is not asked
 * about here: it passes whatever was tried before, so that nobody can lock out those who share an address with him.
 * Kept in memory, bounded: the addresses that failed longest ago are forgotten first. Servers that share their data
 * count together, in the storage.
 */
import { toAddressBlock } from '../../core/connections/address-block.js'
import { MoonletError } from '../../core/base/errors.js'
import type { MaybePromise } from '../../core/base/maybe-promise.js'
import type { GuessCounter } from '../../core/contracts/shared-work.js'

const FREE_FAILURES = 20
const FIRST_WAIT_MS = 30_000
const MAX_WAIT_MS = 5 * 60_000
/** An address that has not failed for so long starts anew. */
const FORGET_AFTER_MS = 15 * 60_000
const MAX_ADDRESSES = 10_000

export interface LoginAttempts {
  /**
   * Notes a wrong attempt, and gives 0; or gives the seconds that the address has to wait, and notes nothing, so
   * that the wait ends even for one that goes on.
   */
  fail(address: string): MaybePromise<number>
  succeed(address: string): MaybePromise<void>
}

interface Entry {
  readonly failures: number
  readonly at: number
  readonly openAt: number
}

/** `now` gives Unix milliseconds. */
export function createLoginAttempts(now: () => number = Date.now) {
  const entries = new Map<string, Entry>()

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry !== undefined && now() - entry.at < FORGET_AFTER_MS) return entry
    entries.delete(key)
    return undefined
  }

  /** Whole seconds in which wrong attempts from this address are refused; 0: the next one is looked at. */
  const secondsToWait = (key: string): number =>
    Math.max(0, Math.ceil(((find(key)?.openAt ?? 0) - now()) / 1000))

  return {
    fail(address: string): number {
      const key = toAddressBlock(address)
      const toWait = secondsToWait(key)
      if (toWait > 0) return toWait
      const failures = (find(key)?.failures ?? 0) + 1
      const beyond = failures - FREE_FAILURES
      const wait = beyond < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** beyond, MAX_WAIT_MS)
      // Taken out first, so that the order of the map is that of the last failures.
      entries.delete(key)
      entries.set(key, { failures, at: now(), openAt: now() + wait })
      if (entries.size > MAX_ADDRESSES) entries.delete(entries.keys().next().value ?? key)
      return 0
    },
    succeed(address: string): void {
      entries.delete(toAddressBlock(address))
    },
    size: () => entries.size
  }
}

/** Of all servers on the same data. Rejects with DATABASE_UNAVAILABLE. */
export const shareLoginAttempts = (guesses: GuessCounter): LoginAttempts => ({
  async fail(address) {
    const waitMs = await guesses.fail(toAddressBlock(address), {
      free: FREE_FAILURES,
      firstWaitMs: FIRST_WAIT_MS,
      maxWaitMs: MAX_WAIT_MS,
      forgetMs: FORGET_AFTER_MS
    })
    return Math.ceil(waitMs / 1000)
  },
  succeed: address => guesses.succeed(toAddressBlock(address))
})

/** Notes a wrong attempt. Rejects with TOO_MANY_ATTEMPTS when the address has had its free ones and must wait. */
export async function refuseGuess(attempts: LoginAttempts, address: string): Promise<void> {
  const wait = await attempts.fail(address)
  if (wait === 0) return
  throw new MoonletError(
    'TOO_MANY_ATTEMPTS',
    `Too many wrong keys from this address; try again in ${wait} seconds`,
    { headers: { 'retry-after': String(wait) } }
  )
}
