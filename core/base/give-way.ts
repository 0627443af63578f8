/**
 * Long work in slices: after each of them the rest of the server has its turn. While it serves others, the work waits
 * twenty times as long as its slice took, so that it takes a small part of the processor; else it goes on at once.
 */
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises'
import { countServed } from './tick.js'

/** How long after a call further ones are expected: between two of them, turns of the event loop serve none. */
const RECENT_MS = 30
/** Processor time of a turn of the event loop that has served others, though it served no call. */
const BUSY_TURN_MS = 0.5
/** Callers lose more than the slice, since their sandboxes run out of work meanwhile (test/bench/NOTES.md). */
const PAUSE_FACTOR = 20
const MAX_PAUSE_MS = 100

export interface Turns {
  /** Milliseconds of processor time: a machine that others keep busy does not make this server look so. */
  readonly worked: () => number
  /** Grows while calls are served. */
  readonly served: () => number
  /** Milliseconds of any clock. */
  readonly now: () => number
  readonly nextTick: () => Promise<unknown>
  readonly sleep: (ms: number) => Promise<unknown>
}

/** To be awaited after a slice that took `tookMs`. */
export type GiveWay = (tookMs: number) => Promise<void>

export function createGiveWay({ worked, served, now, nextTick, sleep }: Turns): GiveWay {
  let servedAt = -Infinity
  const wasServed = (): boolean => now() - servedAt <= RECENT_MS

  const watch = async (wait: () => Promise<unknown>): Promise<void> => {
    const before = served()
    await wait()
    if (served() !== before) servedAt = now()
  }

  const isIdle = async (): Promise<boolean> => {
    if (wasServed()) return false
    const before = worked()
    await watch(nextTick)
    return !wasServed() && worked() - before <= BUSY_TURN_MS
  }

  return async tookMs => {
    if (await isIdle()) return
    await watch(() => sleep(Math.min(MAX_PAUSE_MS, tookMs * PAUSE_FACTOR)))
  }
}

export const giveWay = createGiveWay({
  worked: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  served: countServed,
  now: () => performance.now(),
  nextTick,
  sleep
})
