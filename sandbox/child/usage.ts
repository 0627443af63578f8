/** What a run costs: its time on a core, and its time waiting. The server decides by it who shares a process. */
import { runContext } from '../../plugins/lua/run-context.js'
import type { Usage } from '../protocol.js'

let waited = 0
let busyBefore = 0

const sleep = runContext.sleep
runContext.sleep = ms => { waiting(() => { sleep(ms) }) }

/** Counts the time that `body` takes as waiting. */
export function waiting<T> (body: () => T): T {
  const start = performance.now()
  try {
    return body()
  } finally {
    waited += performance.now() - start
  }
}

const busyNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function beginUsage (): void {
  waited = 0
  busyBefore = busyNow()
}

/** Milliseconds since `beginUsage`. */
export const readUsage = (): Usage => [busyNow() - busyBefore, waited]
