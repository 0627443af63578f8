/**
 * What the local functions know of the run they serve. The sandbox sets it before each run. The clock and
 * the random bytes of all of them come from here and nowhere else, so that a run can be replayed.
 */
import { sleepBlocking } from './blocking-sleep.js'
import { fillSecurely } from './secure-random.js'

export interface RunContext {
  functionId: string
  /** Public address of the server. */
  baseUrl: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Sleeps for this many milliseconds; `Infinity` means for ever. */
  sleep: (ms: number) => void
  /** Fills the array with secure random bytes. */
  fillRandom: (bytes: Uint8Array) => void
  /** Bytes of the longest text that one call may make. */
  maxText: number
  /** Entries of the longest list that one call may make. */
  maxEntries: number
}

export const runContext: RunContext = {
  functionId: '',
  baseUrl: '',
  now: Date.now,
  sleep: sleepBlocking,
  fillRandom: fillSecurely,
  maxText: 32 * 1024 ** 2,
  maxEntries: 1_000_000
}
