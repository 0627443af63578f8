/**
 * Long work in slices: after each of them the rest of the server has its turn. While it serves others, the work waits
 * twenty times as long as its slice took, so that it takes a small part of the processor; else it goes on at once.
 */
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises'
import { countServed } from './tick.js'

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
  readonly nextTick: () => Promise<unknown>
  readonly sleep: (ms: number) => Promise<unknown>
}

const turns: Turns = {
  worked: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  served: countServed,
  nextTick,
  sleep
}

/** To be awaited after a slice that took `tookMs`. */
export async function giveWay(
  tookMs: number,
  { worked, served, nextTick, sleep } = turns
): Promise<void> {
  const [workBefore, servedBefore] = [worked(), served()]
  await nextTick()
  if (served() === servedBefore && worked() - workBefore <= BUSY_TURN_MS) return
  await sleep(Math.min(MAX_PAUSE_MS, tookMs * PAUSE_FACTOR))
}
