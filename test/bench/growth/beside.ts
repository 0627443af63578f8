/**
 * What users of the dashboard do, beside hello: how much of its rate is left. Each work is measured in rounds, hello
 * alone and beside it by turns, since a machine's speed changes from second to second. `by loop` is the same ratio from
 * the processor time of the server's main thread a call, which tells more on a machine that is not quiet.
 */
import { createFunction, median } from '../api.js'
import { runLoad } from '../load.js'
import type { BenchProcess } from '../process.js'
import { makeWorks, type Work } from './beside-works.js'
import { fillDatabase } from './filled-database.js'
import {
  costOf,
  line,
  pause,
  source,
  title,
  withServer,
  type GrowthOptions,
  type Measured
} from './server.js'

const SECRET = Buffer.alloc(32, 1)
/** As a person at a page does: the next request a moment after the answer to the last. */
const PAUSE_MS = 100
const ROUNDS = 5
/** Whether hello is alone. */
const roundsByTurns = Array.from({ length: 2 * ROUNDS }, (_, round) => round % 2 === 0)
const roundsApart = Array.from({ length: 2 * ROUNDS }, (_, round) => round < ROUNDS)
/** After the start. */
const RETENTION_MS = 11_000
const DAYS_OF_RETENTION = 7

/** Of a round, for works that take seconds each. */
const LONG_ROUND_SECONDS = 3

export async function measureBeside({ server: program, ...options }: GrowthOptions): Promise<void> {
  title(
    `hello beside a user of the dashboard, ${options.executions} executions (medians of ${ROUNDS} rounds by turns)`,
    'alone/s',
    'beside/s',
    'ratio',
    'by loop',
    'done',
    'ms each'
  )
  let functions: readonly string[] = []
  let folder = ''
  await withServer(
    program,
    async server => {
      const { base } = server
      const hello = await createFunction(base, 'hello', await source('hello'))
      const { connections } = options
      const load = { url: `${base}/fn/${hello}`, connections, seconds: options.seconds / ROUNDS }
      await runLoad({ ...load, seconds: 3 })
      for (const work of await makeWorks({ base, folder, functions, hello })) {
        if (!work.name.includes(options.work)) continue
        const seconds = work.isLong === true ? LONG_ROUND_SECONDS : load.seconds
        await measureWork(work, () => costOf(server, () => runLoad({ ...load, seconds })))
        await pause(200)
      }
    },
    { SECRET_KEY: SECRET.toString('hex') },
    async path => {
      folder = path
      functions = await fillDatabase(path, SECRET, options.executions)
    }
  )
  if ('retention'.includes(options.work)) await measureRetention(program, options)
}

async function measureWork(work: Work, load: () => Promise<Measured>): Promise<void> {
  const alone: Measured[] = []
  const beside: Measured[] = []
  const times: number[] = []
  for (const isAlone of work.isLasting === true ? roundsApart : roundsByTurns) {
    if (isAlone) alone.push(await load())
    else beside.push(await repeatBeside(work, times, load))
  }
  const [one, both] = [medianRate(alone), medianRate(beside)]
  line(
    work.name,
    ...[one, both].map(rate => rate.toFixed(0)),
    (both / one).toFixed(2),
    (costPerCall(alone) / costPerCall(beside)).toFixed(2),
    String(times.length),
    median(times).toFixed(0)
  )
}

/** Retention begins by itself, ten seconds after the start. */
async function measureRetention(
  program: string,
  { executions, connections, seconds }: Omit<GrowthOptions, 'server'>
): Promise<void> {
  const key = { SECRET_KEY: SECRET.toString('hex') }
  const measure = async (server: BenchProcess): Promise<void> => {
    const { base } = server
    const since = performance.now()
    const url = `${base}/fn/${await createFunction(base, 'hello', await source('hello'))}`
    await runLoad({ url, connections, seconds: 3 })
    const load = { url, connections, seconds: Math.min(seconds, 5) }
    const alone = await costOf(server, () => runLoad(load))
    await pause(RETENTION_MS - (performance.now() - since))
    const beside = await costOf(server, () => runLoad(load))
    line(
      'retention',
      alone.rate.toFixed(0),
      beside.rate.toFixed(0),
      (beside.rate / alone.rate).toFixed(2),
      (alone.loopCost / beside.loopCost).toFixed(2)
    )
  }
  await withServer(program, measure, key, async folder => {
    await fillDatabase(folder, SECRET, executions, DAYS_OF_RETENTION)
  })
}

const medianRate = (runs: readonly Measured[]): number => median(runs.map(({ rate }) => rate))

/** Microseconds of the server's main thread. */
const costPerCall = (runs: readonly Measured[]): number =>
  runs.reduce((sum, { loopCost, total }) => sum + loopCost * total, 0) /
  runs.reduce((sum, { total }) => sum + total, 0)

/** Repeats the work until the load has ended; `times` gets the milliseconds that each took. */
async function repeatBeside<T>(work: Work, times: number[], load: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const repeat = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const since = performance.now()
      const isDone = await work.run(stop.signal).catch(() => false)
      if (isDone) times.push(performance.now() - since)
      await pause(PAUSE_MS)
    }
  }
  const repeated = repeat()
  const result = await load()
  stop.abort()
  await repeated
  return result
}
