/**
 * Long work in slices: after each of them the rest of the server has its turn. While it has much to do, the work waits
 * several times as long as its slice took, so that it takes a small part of the processor; else it goes on at once.
 */
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises'

/** A turn of the event loop that takes longer has served others. */
const BUSY_TURN_MS = 0.5
/** With this many slices' time of pause after each, what callers lose is an eighth. */
const PAUSE_FACTOR = 7
const MAX_PAUSE_MS = 100

export interface Turns {
  readonly now: () => number
  readonly nextTick: () => Promise<unknown>
  readonly sleep: (ms: number) => Promise<unknown>
}

const turns: Turns = { now: () => performance.now(), nextTick, sleep }

/** To be awaited after a slice that took `tookMs`. */
export async function giveWay(tookMs: number, { now, nextTick, sleep } = turns): Promise<void> {
  const since = now()
  await nextTick()
  if (now() - since <= BUSY_TURN_MS) return
  await sleep(Math.min(MAX_PAUSE_MS, tookMs * PAUSE_FACTOR))
}
