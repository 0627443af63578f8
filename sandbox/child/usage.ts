/** What a run costs: its time on a core, and its time asleep. The server decides by it who shares a process. */
import { runContext } from '../../plugins/lua/run-context.js'
import type { Usage } from '../protocol/frames.js'

/** Below this the clock is believed: what the run did not wait it computed. To ask the kernel would cost a tenth of such a run. */
const SHORT_MS = 1

/** The clock also runs while others have the core: so much of it is believed before the kernel is asked again. */
const BELIEVED_MS = 50

// Node's global is a getter, which is called each time.
const { performance } = globalThis

let began = 0
let asleep = 0
let waiting = 0
let busyBefore = 0
/** Told by the clock since the kernel was last asked. */
let told = 0

const sleep = runContext.sleep
runContext.sleep = ms => {
  const start = performance.now()
  sleep(ms)
  asleep += performance.now() - start
}

/** To be called where a run begins. */
export function beginUsage(): void {
  began = performance.now()
  asleep = waiting = 0
}

/** So many milliseconds of the run went by with waiting for the server. */
export function waited(ms: number): void {
  waiting += ms
}

/** Milliseconds of the run that is going on, which ends here. */
export function takeUsage(): Usage {
  const now = performance.now()
  const clock = now - began - asleep - waiting
  const isBelieved = clock < SHORT_MS && told < BELIEVED_MS
  if (isBelieved) told += clock
  const busy = isBelieved ? clock : Math.max(0, Math.min(clock, askKernel()))
  return [busy, asleep]
}

/** What other processes had of the time is not the run's; reading and writing frames of the runs before is. */
function askKernel(): number {
  const { user, system } = process.cpuUsage()
  const total = (user + system) / 1000
  const busy = total - busyBefore - told
  busyBefore = total
  told = 0
  return busy
}
