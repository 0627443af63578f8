/**
 * Lists and filters over a large history. Fills a new database through the storage itself (which gives the speed
 * of writing), then times what the pages of the dashboard ask for. `node dist/test/bench/storage.js
 * [executions]`; half of them belong to one function, the rest to 999 others.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionFilter } from '../../core/contracts/executions.js'
import type { Storage } from '../../core/contracts/storage.js'
import { openStorage } from '../../plugins/storage/storage.js'
import { DAY, FUNCTIONS, PER_TICK, seedHistory } from './history.js'

const EXECUTIONS = Number(process.argv[2] ?? 1_000_000)
const NOW = Math.floor(Date.now() / 1000)

const folder = await mkdtemp(join(tmpdir(), 'moonlet-bench-'))
const file = join(folder, 'moonlet.db')
let storage = await openStorage({ file, secretKey: Buffer.alloc(32, 1) })
try {
  const functions = await seed()
  await timeLists(functions)
  await timeMaintenance(functions)
} finally {
  await storage.close()
  await rm(folder, { recursive: true, force: true })
}

async function seed(): Promise<string[]> {
  const started = performance.now()
  const functions = await seedHistory(storage, { executions: EXECUTIONS, now: NOW })
  const seconds = (performance.now() - started) / 1000
  await storage.close()
  const { size } = await stat(file)
  console.log(
    `${EXECUTIONS} executions of ${FUNCTIONS} functions, ${PER_TICK} in a transaction: ${(EXECUTIONS / seconds).toFixed(0)}/s, ${(size / EXECUTIONS).toFixed(0)} bytes each`
  )
  storage = await openStorage({ file, secretKey: Buffer.alloc(32, 1) })
  return functions
}

async function timeLists(functions: readonly string[]): Promise<void> {
  const [large = '', small = ''] = functions
  const page = { limit: 20, offset: 0 }
  const list =
    (id: string, filter?: ExecutionFilter, offset = 0) =>
    () =>
      storage.executions.list(id, { limit: 20, offset }, filter)
  const half = EXECUTIONS / 2
  const cases: [string, () => Promise<{ total: number; partial?: boolean }>][] = [
    ['functions, first page', () => storage.functions.list(page)],
    ['functions, last page', () => storage.functions.list({ limit: 20, offset: FUNCTIONS - 20 })],
    ['functions, search', () => storage.functions.list(page, 'Function 99')],
    [
      'latest of 100 functions',
      async () => ({ total: (await storage.executions.latest(functions.slice(0, 100))).size })
    ],
    ['small: first page', list(small)],
    ['small: status error', list(small, { status: 'error' })],
    ['small: text', list(small, { text: 'CATALOGUE' })],
    ['large: first page', list(large)],
    ['large: middle page', list(large, undefined, half / 2)],
    ['large: last page', list(large, undefined, half - 20)],
    ['large: status error', list(large, { status: 'error' })],
    ['large: status error, last page', list(large, { status: 'error' }, half / 10 - 20)],
    ['large: trigger cron', list(large, { trigger: 'cron' })],
    ['large: status pending (none)', list(large, { status: 'pending' })],
    ['large: error and cron', list(large, { status: 'error', trigger: 'cron' })],
    ['large: last hour', list(large, { from: NOW - 3600 })],
    ['large: one day', list(large, { from: NOW - 15 * DAY, to: NOW - 14 * DAY })],
    ['large: all but the last day', list(large, { to: NOW - DAY })],
    ['large: all time', list(large, { from: 1 })],
    ['large: text, frequent', list(large, { text: 'catalogue' })],
    ['large: text, absent', list(large, { text: 'nowhere' })],
    ['large: text in errors', list(large, { text: 'nil value', status: 'error' })],
    ['large: text, one day', list(large, { text: 'page', from: NOW - DAY })]
  ]
  const rows = []
  for (const [name, run] of cases) rows.push(await time(name, run))
  console.table(Object.fromEntries(rows))
}

async function time(name: string, run: () => Promise<{ total: number; partial?: boolean }>) {
  const took: number[] = []
  let result: { total: number; partial?: boolean } = { total: 0 }
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  for (let i = 0; i < 5; i++) {
    const started = performance.now()
    result = await run()
    took.push(performance.now() - started)
  }
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  took.sort((a, b) => a - b)
  return [
    name,
    {
      'CPU ms': round((user + system) / 5000),
      'median ms': round(took[2] ?? 0),
      'longest ms': round(took[4] ?? 0),
      'longest block ms': round(delay.max / 1e6),
      total: result.total,
      partial: result.partial ?? ''
    }
  ] as const
}

async function timeMaintenance(functions: readonly string[]): Promise<void> {
  const rows: Record<string, object> = {}
  const measure = async (name: string, work: (current: Storage) => Promise<string | number>) => {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const cpu = process.cpuUsage()
    const started = performance.now()
    const result = await work(storage)
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    rows[name] = {
      'CPU ms': round((user + system) / 1000),
      ms: round(performance.now() - started),
      'block p99 ms': round(delay.percentile(99) / 1e6),
      'longest block ms': round(delay.max / 1e6),
      result
    }
  }
  await measure('expire, nothing to do', async ({ executions }) =>
    executions.expire(NOW - 100 * DAY, 1000)
  )
  await measure('expire 20,000', async ({ executions }) => executions.expire(NOW, 20_000))
  await measure('backup', async ({ backup }) => {
    await backup(join(folder, 'copy.db'))
    return (await stat(join(folder, 'copy.db'))).size
  })
  await measure('remove the large function', async ({ functions: store }) =>
    String(await store.remove(functions[0] ?? ''))
  )
  await measure('reclaim 10,000 pages, 100 at a time', async ({ reclaim }) => {
    let bytes = 0
    for (let i = 0; i < 100; i++) bytes += await reclaim(100)
    return bytes
  })
  console.table(rows)
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
