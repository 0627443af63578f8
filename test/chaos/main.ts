/**
 * `npm run chaos -- --minutes N --kills N`: every fault in turn, again and again, until the time is over. `kills`: how
 * often the server is killed under jobs.
 */
import { parseArgs } from 'node:util'
import { badClients } from './faults/bad-clients.js'
import { fullDisk } from './faults/full-disk.js'
import { killJobs } from './faults/kill-jobs.js'
import { killSandboxes } from './faults/kill-sandboxes.js'
import { killServer } from './faults/kill-server.js'
import { lockedDatabase } from './faults/locked-database.js'
import { mixedLoad } from './faults/mixed-load.js'
import { overload } from './faults/overload.js'
import { canMakeReadOnly, readOnlyFolder } from './faults/read-only-folder.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    kills: { type: 'string', default: '10' }
  }
})

const faults: ReadonlyArray<() => Promise<string>> = [
  () => killServer({ rounds: 10, loadMs: 2000 }),
  () => killJobs({ rounds: Number(values.kills), loadMs: 500 }),
  () => killSandboxes({ kills: 200 }),
  () => fullDisk({ rounds: 10 }),
  () => lockedDatabase({ holdsMs: [100, 1000, 4000, 8000] }),
  () => badClients({ connections: 400 }),
  () => overload({ connections: 2000, calls: 20_000 }),
  () => mixedLoad({ ms: 30_000 }),
  ...(canMakeReadOnly() ? [readOnlyFolder] : [])
]

const minutes = Number(values.minutes)
if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not "${values.minutes}"`)

const began = Date.now()
let failures = 0
for (let i = 0; Date.now() - began < minutes * 60_000; i++) {
  const fault = faults[i % faults.length]
  const clock = `${Math.round((Date.now() - began) / 1000)} s`.padStart(8)
  try {
    process.stdout.write(`${clock}  ok      ${await fault?.()}\n`)
  } catch (error) {
    failures++
    process.stdout.write(
      `${clock}  FAILED  ${error instanceof Error ? error.stack : String(error)}\n`
    )
  }
}
process.stdout.write(`${failures === 0 ? 'All held.' : `${failures} did not hold.`}\n`)
process.exitCode = failures === 0 ? 0 : 1
