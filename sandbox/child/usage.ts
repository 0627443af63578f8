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

const busyNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function beginUsage (): void {
  asleep = 0
  busyBefore = busyNow()
}

/** Milliseconds since `beginUsage`. */
export const readUsage = (): Usage => [busyNow() - busyBefore, asleep]
