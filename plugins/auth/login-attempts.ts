/**
 * Slows down guessing at the login, by address. After some free failures each further one doubles the time
 * until the next attempt is looked at. Kept in memory, bounded: the addresses that failed longest ago are
 * forgotten first.
 */
import ipaddr from 'ipaddr.js'

const FREE_FAILURES = 20
const LONGEST_WAIT_MS = 5 * 60_000
/** An address that has not failed for so long starts anew. */
const FORGET_AFTER_MS = 15 * 60_000
const MOST_ADDRESSES = 10_000

interface Entry { readonly failures: number, readonly at: number, readonly openAt: number }

/** `now` gives Unix milliseconds. */
export function createLoginAttempts (now: () => number = Date.now) {
  const entries = new Map<string, Entry>()

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry !== undefined && now() - entry.at < FORGET_AFTER_MS) return entry
    entries.delete(key)
    return undefined
  }

  return {
    /** Whole seconds to wait before the next attempt from this address; 0 when it may try. */
    secondsToWait (address: string): number {
      const openAt = find(toKey(address))?.openAt ?? 0
      return Math.max(0, Math.ceil((openAt - now()) / 1000))
    },
    fail (address: string): void {
      const key = toKey(address)
      const failures = (find(key)?.failures ?? 0) + 1
      const beyond = failures - FREE_FAILURES
      const wait = beyond < 0 ? 0 : Math.min(1000 * 2 ** beyond, LONGEST_WAIT_MS)
      // Taken out first, so that the order of the map is that of the last failures.
      entries.delete(key)
      entries.set(key, { failures, at: now(), openAt: now() + wait })
      if (entries.size > MOST_ADDRESSES) entries.delete(entries.keys().next().value ?? key)
    },
    succeed (address: string): void {
      entries.delete(toKey(address))
    },
    size: () => entries.size
  }
}

export type LoginAttempts = ReturnType<typeof createLoginAttempts>

/** One key for what one party can easily change: of IPv6 the network (64 bits), IPv4 in either notation. */
function toKey (address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.')
}
