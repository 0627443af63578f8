/**
 * Overload: finds the best rate of a function, then offers twice as much over many connections, and tells what was
 * served, what was refused, how fast, and what memory that took.
 * `node dist/test/bench/overload.js [--seconds 10] [--connections 2000] [--times 2] [--function counter]`
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createFunction, KEY } from './api.js'
import { offer, type OfferResult, type OfferTask } from './open-loop-load.js'
import { memoryOf, processorTimesOf, startProcess } from './process.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '2000' },
    times: { type: 'string', default: '2' },
    function: { type: 'string', default: 'hello' }
  }
})
const [seconds, connections, times] = [values.seconds, values.connections, values.times].map(
  Number
) as [number, number, number]
const BEST_CONNECTIONS = 32
/** The first ones also warm the server up. */
const ROUNDS = 4

interface Round extends OfferResult {
  readonly server: number
  readonly sandboxes: number
}

const folder = await mkdtemp(join(tmpdir(), 'moonlet-overload-'))
const server = await startProcess('core/main.js', {
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: folder,
  API_KEY: KEY,
  LOG_LEVEL: 'warn'
})
try {
  const url = `${server.base}/fn/${await createFunction(server.base, 'hello', await readFile(`test/bench/functions/${values.function}.lua`, 'utf8'))}`
  const rounds: Round[] = []
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push(await round({ url, connections: BEST_CONNECTIONS, seconds: seconds / ROUNDS }))
  }
  const best = rounds.reduce((a, b) => (served(b) > served(a) ? b : a))
  const bestRate = served(best)
  print(`best of ${ROUNDS} rounds over ${BEST_CONNECTIONS} connections`, best)
  const before = memory()
  const peak = { server: 0, sandboxes: 0 }
  const watch = setInterval(() => {
    const { server, sandboxes } = memory()
    peak.server = Math.max(peak.server, server)
    peak.sandboxes = Math.max(peak.sandboxes, sandboxes)
  }, 500)
  const over = await round({ url, connections, seconds, rate: bestRate * times })
  clearInterval(watch)
  print(`${times} x that over ${connections} connections`, over)
  process.stdout.write(`\nserved ${((served(over) / bestRate) * 100).toFixed(0)} % of the best\n`)
  await pause(2000)
  const after = memory()
  for (const part of ['server', 'sandboxes'] as const) {
    process.stdout.write(
      `${part.padEnd(10)} ${before[part].toFixed(0)} MiB before, ${peak[part].toFixed(0)} at most, ${after[part].toFixed(0)} after (PSS)\n`
    )
  }
  print('afterwards', await round({ url, connections: BEST_CONNECTIONS, seconds: 2 }))
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

/** One offer, and what it took of the processors. */
async function round(task: OfferTask): Promise<Round> {
  const before = processorTimesOf(server.child.pid ?? 0)
  const result = await offer(task)
  const after = processorTimesOf(server.child.pid ?? 0)
  return {
    ...result,
    server: (after.server - before.server) / result.seconds,
    sandboxes: (after.sandboxes - before.sandboxes) / result.seconds
  }
}

function memory() {
  return memoryOf(server.child.pid ?? 0)
}

function served({ byStatus, seconds }: OfferResult): number {
  return (byStatus[200]?.count ?? 0) / seconds
}

function print(
  name: string,
  { byStatus, sent, unsent, broken, seconds, server, sandboxes }: Round
): void {
  process.stdout.write(
    `\n${name}: ${(sent / seconds).toFixed(0)} calls/s sent, ${(unsent / seconds).toFixed(0)} due but every connection was waiting, ${broken} broken; processors: server ${server.toFixed(2)}, sandboxes ${sandboxes.toFixed(2)}\n`
  )
  for (const [status, { count, p50, p99, max }] of Object.entries(byStatus)) {
    process.stdout.write(
      `  ${status}: ${(count / seconds).toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms\n`
    )
  }
}
