/** What a run costs: its time on a core, and its time asleep. The server decides by it which runs share a process. */
import { runContext } from '../../plugins/lua/run-context.js'
import { FromChild, type Usage } from '../protocol/frames.js'
import { clock } from './clock.js'
import { send } from './host-port.js'

/** For shorter runs wall time without waiting is used: `cpuUsage()` would cost 10 % of the run. */
const SHORT_MS = 1

/** Wall time also runs while others have the core: after this much of it the kernel is asked again. */
const MAX_WALL_MS = 50

/** The server is told of sleeps from this length on: while the process sleeps, it is in nobody's way. */
const TOLD_SLEEP_MS = 20
/** A longer one ends with the process. */
const MAX_TOLD_MS = 100_000_000

let began = 0
let asleep = 0
let waiting = 0
let busyBefore = 0
/** Wall time that was reported since the kernel was last asked. */
let wallSinceSample = 0

const sleep = runContext.sleep
runContext.sleep = ms => {
  if (ms >= TOLD_SLEEP_MS) send([FromChild.asleep, Math.min(ms, MAX_TOLD_MS)])
  const start = clock()
  sleep(ms)
  asleep += clock() - start
}

/** To be called where a run begins. */
export function beginUsage(): void {
  began = clock()
  asleep = waiting = 0
}

/** Notes that the run waited this long for the server. */
export function waited(ms: number): void {
  waiting += ms
}

/** Milliseconds of the run that is going on, which ends here. */
export function takeUsage(): Usage {
  const now = clock()
  const wall = now - began - asleep - waiting
  const useWallClock = wall < SHORT_MS && wallSinceSample < MAX_WALL_MS
  if (useWallClock) wallSinceSample += wall
  const busy = useWallClock ? wall : Math.max(0, Math.min(wall, sampleCpu()))
  return [busy, asleep]
}

/** The process's own CPU time: without what other processes used, but with the frames of earlier runs. */
function sampleCpu(): number {
  const { user, system } = process.cpuUsage()
  const total = (user + system) / 1000
  const busy = total - busyBefore - wallSinceSample
  busyBefore = total
  wallSinceSample = 0
  return busy
}
