/**
 * What users of the dashboard do, beside hello: how much of its rate is left. Each work is measured in rounds, hello
 * alone and beside it by turns, since a machine's speed changes from second to second. `by cpu` is the same ratio from
 * the server's processor time a call, which tells more on a machine that is not quiet.
 */
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createFunction, KEY, median } from '../api.js'
import { runLoad } from '../load.js'
import type { BenchProcess } from '../process.js'
import { startEnvironment } from '../../helpers/start-environment.js'
import { calling } from './background.js'
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

/** Ends early when the signal aborts, if it takes long. */
type Work = (signal: AbortSignal) => Promise<boolean>
/** What goes on in the server after its answer: hello alone is measured before. */
const lasting: ReadonlySet<string> = new Set([
  'delete of small functions',
  'history quota, ever less',
  'delete of a large function'
])

export async function measureBeside({ server: program, ...options }: GrowthOptions): Promise<void> {
  title(
    `hello beside a user of the dashboard, ${options.executions} executions (medians of ${ROUNDS} rounds by turns)`,
    'alone/s',
    'beside/s',
    'ratio',
    'by cpu',
    'done',
    'ms each'
  )
  let functions: readonly string[] = []
  let folder = ''
  await withServer(
    program,
    async server => {
      const { base } = server
      const url = `${base}/fn/${await createFunction(base, 'hello', await source('hello'))}`
      const { connections } = options
      const load = { url, connections, seconds: options.seconds / ROUNDS }
      await runLoad({ ...load, seconds: 3 })
      for (const [name, work] of Object.entries(worksOf(base, folder, functions))) {
        if (!name.includes(options.work)) continue
        const alone: Measured[] = []
        const beside: Measured[] = []
        const times: number[] = []
        const measure = async (isAlone: boolean): Promise<void> => {
          if (isAlone) alone.push(await costOf(server, () => runLoad(load)))
          else {
            beside.push(await repeatBeside(work, times, () => costOf(server, () => runLoad(load))))
          }
        }
        for (const isAlone of lasting.has(name) ? roundsApart : roundsByTurns) {
          await measure(isAlone)
        }
        const [one, both] = [medianRate(alone), medianRate(beside)]
        line(
          name,
          ...[one, both].map(rate => rate.toFixed(0)),
          (both / one).toFixed(2),
          (costPerCall(alone) / costPerCall(beside)).toFixed(2),
          String(times.length),
          median(times).toFixed(0)
        )
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
      (alone.serverCost / beside.serverCost).toFixed(2)
    )
  }
  await withServer(program, measure, key, async folder => {
    await fillDatabase(folder, SECRET, executions, DAYS_OF_RETENTION)
  })
}

function worksOf(
  base: string,
  folder: string,
  functions: readonly string[]
): Readonly<Record<string, Work>> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const [large = '', ...others] = functions
  const get = (path: string): Work => calling(`${base}/api/${path}`, { headers })
  const change = async (id: string, method: string, body?: object): Promise<boolean> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${base}/api/functions/${id}`, { method, headers, ...sent })).ok
  }
  const executions = `functions/${large}/executions?limit=50`
  const later = Math.floor(Date.now() / 1000) - 7 * 86_400
  let quota = 40e6
  return {
    'text search, absent': get(`${executions}&text=nowhere`),
    'text search, frequent': get(`${executions}&text=catalogue`),
    'filter with a count': get(`${executions}&status=error&offset=1000`),
    'time range with a count': get(`${executions}&from=${later}`),
    functions: get('functions?limit=50'),
    'functions with a search': get('functions?limit=50&search=99'),
    'audit, a deep page': get('audit?limit=50&offset=150000'),
    'audit of one actor': get('audit?limit=50&actor=nobody'),
    'jobs, a deep page': get('jobs?limit=50&offset=150000'),
    'delete of small functions': () => change(others.pop() ?? '', 'DELETE'),
    'history quota, ever less': () =>
      change(large, 'PUT', { history_bytes: Math.max(1e6, (quota -= 1e6)) }),
    'delete of a large function': () => change(large, 'DELETE'),
    export: async signal =>
      moonlet(['export', await mkdtemp(join(folder, 'export-'))], folder, signal),
    backup: signal =>
      moonlet(['backup', join(folder, `copy-${performance.now()}.db`)], folder, signal)
  }
}

const medianRate = (runs: readonly Measured[]): number => median(runs.map(({ rate }) => rate))

/** Microseconds of the server. */
const costPerCall = (runs: readonly Measured[]): number =>
  runs.reduce((sum, { serverCost, total }) => sum + serverCost * total, 0) /
  runs.reduce((sum, { total }) => sum + total, 0)

/** Repeats the work until the load has ended; `times` gets the milliseconds that each took. */
async function repeatBeside<T>(work: Work, times: number[], load: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const repeat = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const since = performance.now()
      const isDone = await work(stop.signal).catch(() => false)
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

async function moonlet(
  args: readonly string[],
  folder: string,
  signal: AbortSignal
): Promise<boolean> {
  const cli = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
  await promisify(execFile)(process.execPath, [cli, ...args], {
    signal,
    env: { ...startEnvironment, PATH: process.env.PATH ?? '', DATA_DIR: folder }
  })
  return true
}
