/**
 * Wrong keys and session tokens, by address, wherever they are tried: at the login, as a bearer key, in the cookie.
 * After some free ones each further one doubles the time in which all others are refused. What is right is not asked
 * about here: it passes whatever was tried before, so that nobody can lock out those who share an address with him.
 * Kept in memory, bounded: the addresses that failed longest ago are forgotten first.
 */
import { toAddressBlock } from '../../core/connections/address-block.js'
import { MoonletError } from '../../core/base/errors.js'

const FREE_FAILURES = 20
const FIRST_WAIT_MS = 30_000
const MAX_WAIT_MS = 5 * 60_000
/** An address that has not failed for so long starts anew. */
const FORGET_AFTER_MS = 15 * 60_000
const MAX_ADDRESSES = 10_000

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
    /**
     * Notes a wrong attempt, and gives 0; or gives the seconds that the address has to wait, and notes nothing, so
     * that the wait ends even for one that goes on.
     */
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

export type LoginAttempts = ReturnType<typeof createLoginAttempts>

/** Notes a wrong attempt. Throws TOO_MANY_ATTEMPTS when the address has had its free ones and must wait. */
export function refuseGuess(attempts: LoginAttempts, address: string): void {
  const wait = attempts.fail(address)
  if (wait === 0) return
  throw new MoonletError(
    'TOO_MANY_ATTEMPTS',
    `Too many wrong keys from this address; try again in ${wait} seconds`,
    { headers: { 'retry-after': String(wait) } }
  )
}
