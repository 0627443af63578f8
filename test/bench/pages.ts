/**
 * What the dashboard's pages wait for: `node dist/test/bench/pages.js [--executions N]`. Starts the built server on
 * a database with 1,000 functions and N executions (1,000,000), makes every request of every page 20 times, one
 * after the other, as the browser does (with a session), and prints how long the answers took to their last byte, and
 * how much of that the server worked (on average; on a busy machine the rest is waiting for a processor). Ends with
 * exit code 1 when one took more than 200 ms, or a search in texts more than a second.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStorage } from '../../plugins/storage/storage.js'
import { KEY, median } from './api.js'
import { seedPages, type PageHistory } from './page-history.js'
import { pageRequests, type PageRequest } from './page-requests.js'
import { processorTimeOf, startProcess, type BenchProcess } from './process.js'

const LIMIT_MS = 200
/** A search in texts ends by itself, in a thread, after 800 ms. */
const SEARCH_LIMIT_MS = 1000
const TIMES = 20
const EXPECTED = new Set([200, 201, 202, 204, 401])

const { values: options } = parseArgs({
  options: { executions: { type: 'string', default: '1000000' } }
})
const executions = Number(options.executions)
if (!Number.isInteger(executions) || executions < 1000) {
  throw new Error(`--executions must be a whole number from 1000; it is ${options.executions}`)
}

const secretKey = Buffer.alloc(32, 1)
const folder = await mkdtemp(join(tmpdir(), 'moonlet-pages-'))
try {
  const history = await seed()
  const server = await startProcess('core/main.js', {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    API_KEY: KEY,
    SECRET_KEY: secretKey.toString('hex'),
    LOG_LEVEL: 'warn'
  })
  try {
    report(await timeAll(server, history))
  } finally {
    await server.stop()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function seed(): Promise<PageHistory> {
  const started = performance.now()
  const storage = await openStorage({ file: join(folder, 'moonlet.db'), secretKey })
  const history = await seedPages(storage, executions)
  await storage.close()
  console.log(
    `${executions} executions written in ${Math.round((performance.now() - started) / 1000)} s`
  )
  return history
}

interface Timed extends PageRequest {
  readonly took: readonly number[]
  readonly cpuMs: number
}

async function timeAll({ base, child }: BenchProcess, history: PageHistory): Promise<Timed[]> {
  const signedIn = await fetch(`${base}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiKey: KEY })
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const timed: Timed[] = []
  for (const request of pageRequests(history, executions)) {
    const took: number[] = []
    const before = processorTimeOf(child.pid!)
    for (let n = 0; n < (request.once === true ? 1 : TIMES); n++) {
      took.push(await time(base, cookie, request))
    }
    timed.push({ ...request, took, cpuMs: (processorTimeOf(child.pid!) - before) / took.length })
  }
  return timed
}

async function time(
  base: string,
  cookie: string,
  { path, method, body, stream }: PageRequest
): Promise<number> {
  const ending = new AbortController()
  const started = performance.now()
  const response = await fetch(base + path, {
    method: method ?? 'GET',
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: ending.signal
  })
  if (!EXPECTED.has(response.status)) {
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  }
  if (stream === true) await response.body?.getReader().read()
  else await response.arrayBuffer()
  const took = performance.now() - started
  if (stream === true) ending.abort()
  return took
}

const limitOf = (path: string): number => (/[?&]text=/.test(path) ? SEARCH_LIMIT_MS : LIMIT_MS)

function report(timed: readonly Timed[]): void {
  const round = (ms: number) => Math.round(ms * 10) / 10
  console.table(
    timed.map(({ page, name, took, cpuMs }) => ({
      page,
      request: name,
      'server CPU ms': round(cpuMs),
      'median ms': round(median(took)),
      'worst ms': round(Math.max(...took))
    }))
  )
  const slow = timed.filter(({ path, took }) => Math.max(...took) > limitOf(path))
  for (const { page, name, path, took } of slow) {
    console.error(`${page}, ${name}: ${round(Math.max(...took))} ms is more than ${limitOf(path)}`)
  }
  if (slow.length > 0) process.exitCode = 1
  else console.log(`None of ${timed.length} requests took more than it may.`)
}
