/**
 * `npm run bench`: loads the built server and prints one table. Options: --seconds N a round (3), --rounds N
 * (3), --connections N (16), --calls N for the leak check (100000), --json FILE.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFunction, KEY, median, timeCall } from './api.js'
import { measureChildStarts } from './child-starts.js'
import { medianRun, runLoad, type Load, type LoadResult } from './load.js'
import { memoryOf, startProcess } from './process.js'
import { measureRoundTrips, type RoundTrip } from './round-trips.js'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
    calls: { type: 'string', default: '100000' },
    json: { type: 'string' }
  }
})
const seconds = Number(options.seconds)
const rounds = Number(options.rounds)
const connections = Number(options.connections)
/** Fifty processes have to become warm, each by some thousand runs of its own. */
const MANY_WARM_SECONDS = 15

const folder = await mkdtemp(join(tmpdir(), 'moonlet-bench-'))
const startedAt = performance.now()
const startServer = async (settings: Record<string, string> = {}) =>
  await startProcess('core/main.js', {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: join(folder, Object.keys(settings).join() || 'default'),
    API_KEY: KEY,
    LOG_LEVEL: 'warn',
    ...settings
  })
const server = await startServer()
const source = (name: string) => readFile(`test/bench/functions/${name}.lua`, 'utf8')
const hello = await createFunction(server.base, 'hello', await source('hello'))
await timeCall(`${server.base}/fn/${hello}`)
const firstAnswer = performance.now() - startedAt
const bare = await startProcess('test/bench/bare-fastify.js', {})

try {
  await new Promise(resolve => setTimeout(resolve, 1500))
  const idle = memoryOf(server.child.pid!)
  const [counter, fib, echo] = await Promise.all(
    ['counter', 'fib', 'echo'].map(
      async name => await createFunction(server.base, name, await source(name))
    )
  )
  const many = await Promise.all(
    Array.from(
      { length: 50 },
      async (_, i) => await createFunction(server.base, `many ${i}`, await source('hello'))
    )
  )
  const fn = (id: string | undefined) => `${server.base}/fn/${id}`
  type Loads = Record<string, Omit<Load, 'connections' | 'seconds'>>
  // Those that are compared take turns; what leaves the processor and the disk with work comes behind them.
  const compared: Loads = {
    'bare Fastify route': { url: `${bare.base}/hello` },
    hello: { url: fn(hello) },
    'counter (kv, log)': { url: fn(counter) },
    '50 functions in turn': { url: server.base, paths: many.map(id => `/fn/${id}`) }
  }
  const heavy: Loads = {
    'fib(24)': { url: fn(fib) },
    'echo of 1 MiB': { url: fn(echo), method: 'POST', body: Buffer.alloc(1024 ** 2, 120) }
  }
  const runs = new Map<string, LoadResult[]>(
    Object.keys({ ...compared, ...heavy }).map(name => [name, []])
  )
  for (const loads of [compared, heavy]) {
    for (const load of Object.values(loads)) {
      await runLoad({
        ...load,
        connections,
        seconds: load.paths === undefined ? 1 : MANY_WARM_SECONDS
      })
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, load] of Object.entries(loads)) {
        runs.get(name)!.push(await runLoad({ ...load, connections, seconds }))
      }
    }
  }
  const results = Object.fromEntries(Array.from(runs, ([name, list]) => [name, medianRun(list)]))
  const loaded = memoryOf(server.child.pid!)
  const cold = await measureCold(server.base, await source('hello'))
  const roundTrips = await measureRoundTrips(
    fn(await createFunction(server.base, 'round trips', await source('round-trips')))
  )
  const strict = await measureStrict(await source('hello'))
  const leak = await measureLeak(Number(options.calls), fn(hello))
  const report = {
    machine: `${availableParallelism()} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}`,
    connections,
    results,
    firstAnswer,
    idle,
    loaded,
    cold,
    roundTrips,
    strict,
    leak
  }
  print(report)
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
  }
} finally {
  await Promise.all([server.stop(), bare.stop()])
  await rm(folder, { recursive: true, force: true })
}

/** First and later answers of functions nobody has called, medians over 20 functions. */
async function measureCold(base: string, code: string): Promise<{ first: number; warm: number }> {
  const first: number[] = []
  const warm: number[] = []
  for (let i = 0; i < 20; i++) {
    const url = `${base}/fn/${await createFunction(base, `cold ${i}`, `${code}-- ${i}\n`)}`
    first.push(await timeCall(url))
    for (let n = 0; n < 5; n++) warm.push(await timeCall(url))
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  return { first: median(first), warm: median(warm) }
}

/** A process for every run, against starting processes and nothing else, by turns. */
async function measureStrict(code: string): Promise<{ calls: number; starts: number }> {
  const strict = await startServer({ SANDBOX_MAX_INVOCATIONS: '1' })
  try {
    const url = `${strict.base}/fn/${await createFunction(strict.base, 'hello', code)}`
    const calls: number[] = []
    const starts: number[] = []
    for (let round = 0; round < rounds; round++) {
      starts.push(await measureChildStarts(seconds))
      calls.push((await runLoad({ url, connections, seconds })).rate)
    }
    return { calls: median(calls), starts: median(starts) }
  } finally {
    await strict.stop()
  }
}

/** Memory before and after many calls of one function. */
async function measureLeak(
  calls: number,
  url: string
): Promise<{ calls: number; before: number; after: number }> {
  const total = () => {
    const memory = memoryOf(server.child.pid!)
    return memory.server + memory.sandboxes
  }
  const before = total()
  let done = 0
  while (done < calls) done += (await runLoad({ url, connections, seconds: 5 })).total
  return { calls: done, before, after: total() }
}

interface Report {
  machine: string
  connections: number
  results: Record<string, LoadResult>
  firstAnswer: number
  idle: ReturnType<typeof memoryOf>
  loaded: ReturnType<typeof memoryOf>
  cold: { first: number; warm: number }
  roundTrips: RoundTrip[]
  strict: { calls: number; starts: number }
  leak: { calls: number; before: number; after: number }
}

function print(report: Report): void {
  const base = report.results['bare Fastify route']!.rate
  const line = (...cells: string[]) => {
    process.stdout.write(
      `${cells.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(11))).join('')}\n`
    )
  }
  process.stdout.write(
    `\n${report.machine}; ${report.connections} connections, median of ${rounds} rounds of ${seconds} s\n\n`
  )
  line('', 'requests/s', 'of bare', 'p50 ms', 'p99 ms', 'errors')
  for (const [name, run] of Object.entries(report.results)) {
    line(
      name,
      run.rate.toFixed(0),
      (run.rate / base).toFixed(3),
      run.p50.toFixed(1),
      run.p99.toFixed(1),
      String(run.errors)
    )
  }
  const memory = ({ server, sandboxes, count }: ReturnType<typeof memoryOf>) =>
    `server ${server.toFixed(0)} MiB + ${count} sandboxes ${sandboxes.toFixed(0)} MiB = ${(server + sandboxes).toFixed(0)} MiB PSS`
  process.stdout.write(
    `\nstart to first answer   ${report.firstAnswer.toFixed(0)} ms\n` +
      `cold function           first answer ${report.cold.first.toFixed(1)} ms, warm ${report.cold.warm.toFixed(1)} ms\n` +
      `host call              ${report.roundTrips.map(({ bytes, microseconds }) => `${bytes} bytes ${microseconds.toFixed(0)} µs`).join(', ')}\n` +
      `a process for each run ${report.strict.calls.toFixed(1)}/s, of ${report.strict.starts.toFixed(1)} starts/s: ${(report.strict.calls / report.strict.starts).toFixed(2)}\n` +
      `memory idle             ${memory(report.idle)}\n` +
      `memory after load       ${memory(report.loaded)}\n` +
      `after ${report.leak.calls} calls      ${report.leak.before.toFixed(0)} MiB -> ${report.leak.after.toFixed(0)} MiB PSS\n`
  )
}
