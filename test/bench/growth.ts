/**
 * `npm run bench:growth`: how the cost of work grows with the number of functions, long runs, sizes and history, and
 * that hello does not pay for it. Prints one table for each part, with ratios within the part.
 *
 * `node dist/test/bench/growth.js [PART …]`; without parts all of them, which takes some ten minutes. Options:
 * --seconds N of each measurement (4), --counts 50,64,200 for the part `functions`, --executions N for the part
 * `beside` (200000), --work TEXT: only those of its works that have the text in their names, --server FILE: the built
 * core/main.js of another version, to measure it by turns (with `beside` one with the same migrations, since that fills
 * the database by itself).
 */
import { parseArgs } from 'node:util'
import { measureBeside } from './growth/beside.js'
import { measureBodies } from './growth/bodies.js'
import { measureEvicted, measureFunctions, measureZipf } from './growth/functions.js'
import { measureHostCalls } from './growth/host-calls.js'
import { measureLongRuns } from './growth/long-runs.js'
import { measureStampede } from './growth/stampede.js'
import type { GrowthOptions } from './growth/server.js'

const parts: Readonly<Record<string, (options: GrowthOptions) => Promise<void>>> = {
  functions: measureFunctions,
  zipf: measureZipf,
  evicted: measureEvicted,
  long: measureLongRuns,
  stampede: measureStampede,
  beside: measureBeside,
  bodies: measureBodies,
  kv: measureHostCalls
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '4' },
    counts: { type: 'string', default: '50,60,64,80,200,1000' },
    executions: { type: 'string', default: '200000' },
    work: { type: 'string', default: '' },
    server: { type: 'string', default: 'core/main.js' }
  }
})
const unknown = positionals.filter(name => !(name in parts))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part '${unknown.join("', '")}'; parts are ${Object.keys(parts).join(', ')}\n`
  )
  process.exit(1)
}
const options: GrowthOptions = {
  server: values.server,
  seconds: Number(values.seconds),
  counts: values.counts.split(',').map(Number),
  executions: Number(values.executions),
  work: values.work,
  connections: 16
}
for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
  await parts[name]?.(options)
}
