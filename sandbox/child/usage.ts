/** What a run costs: its time on a core, and its time asleep. The server decides by it who shares a process. */
import { runContext } from '../../plugins/lua/run-context.js'
import type { Usage } from '../protocol.js'

let asleep = 0
let busyBefore = 0

const sleep = runContext.sleep
runContext.sleep = ms => {
  const start = performance.now()
  sleep(ms)
  asleep += performance.now() - start
}

/**
 * Milliseconds since the last time it was asked. What a process does between two runs is to read the second one,
 * so that asking once a run is enough.
 */
export function takeUsage (): Usage {
  const { user, system } = process.cpuUsage()
  const busy = (user + system) / 1000
  const usage: Usage = [busy - busyBefore, asleep]
  busyBefore = busy
  asleep = 0
  return usage
}
