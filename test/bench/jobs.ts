/**
 * Jobs: the rate of background calls beside hello's, by turns; hello, and the wait of another function's job, beside a
 * hundred thousand queued jobs of one function; a claim before and after a million finished jobs.
 * `node dist/test/bench/jobs.js [--seconds 4] [--rounds 3] [--queued 100000] [--finished 1000000]`
 */
import Database from 'better-sqlite3'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createIdSource } from '../../core/base/ids.js'
import type { Storage } from '../../core/contracts/storage.js'
import { openStorage } from '../../plugins/storage/storage.js'
import { createFunction, KEY } from './api.js'
import { offer, type OfferResult } from './open-loop-load.js'
import { startProcess } from './process.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    queued: { type: 'string', default: '100000' },
    finished: { type: 'string', default: '1000000' },
    part: { type: 'string', default: 'calls,flood,claims' }
  }
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const parts = values.part.split(',')
const CONNECTIONS = 16
const ids = createIdSource()
const secretKey = Buffer.alloc(32, 7)
const authorization = { authorization: `Bearer ${KEY}` }

const folder = await mkdtemp(join(tmpdir(), 'moonlet-jobs-'))
const settings = {
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: folder,
  API_KEY: KEY,
  SECRET_KEY: secretKey.toString('hex'),
  LOG_LEVEL: 'warn',
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(?:JOBS|SANDBOX)_/.test(name))
  )
}
const start = () => startProcess('core/main.js', settings)
const openData = () => openStorage({ file: join(folder, 'moonlet.db'), secretKey })

const change = async (base: string, id: string, fields: object): Promise<void> => {
  const answer = await fetch(`${base}/api/functions/${id}`, {
    method: 'PUT',
    headers: authorization,
    body: JSON.stringify(fields)
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
}

const rate = ({ byStatus }: OfferResult, status: string): number =>
  (byStatus[status]?.count ?? 0) / seconds
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const print = (name: string, value: string): void => {
  process.stdout.write(`${name.padEnd(44)} ${value}\n`)
}

async function measureCalls(): Promise<void> {
  const server = await start()
  try {
    const code = await readFile('test/bench/functions/hello.lua', 'utf8')
    const url = `${server.base}/fn/${await createFunction(server.base, 'hello', code)}`
    const task = { url, connections: CONNECTIONS, seconds }
    const kinds = {
      hello: { task, status: '200' },
      'kept for later': {
        task: { ...task, header: 'Prefer: respond-async\r\nMoonlet-Delay: 86400' },
        status: '202'
      },
      'kept and run': { task: { ...task, header: 'Prefer: respond-async' }, status: '202' }
    }
    await offer(task)
    const rates = new Map<string, number[]>()
    for (let round = 0; round < rounds; round++) {
      for (const [name, kind] of Object.entries(kinds)) {
        rates.set(name, [...(rates.get(name) ?? []), rate(await offer(kind.task), kind.status)])
      }
      await until(async () => (await countOf(server.base, 'running')) === 0)
    }
    const hello = median(rates.get('hello') ?? [])
    for (const [name, all] of rates) {
      print(name, `${Math.round(median(all))}/s, ${(median(all) / hello).toFixed(2)} of hello`)
    }
  } finally {
    await server.stop()
  }
}

async function countOf(base: string, status: string): Promise<number> {
  const answer = await fetch(`${base}/api/jobs?limit=1&status=${status}`, {
    headers: authorization
  })
  return ((await answer.json()) as { pagination: { total: number } }).pagination.total
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(50)
}

async function addJobs({ jobs }: Storage, functionId: string, count: number): Promise<void> {
  const event = {
    method: 'POST',
    path: '/',
    relativePath: '/',
    headers: {},
    query: {},
    body: Buffer.alloc(100)
  }
  for (let done = 0; done < count; done += 500) {
    const now = Date.now()
    await Promise.all(
      Array.from({ length: Math.min(500, count - done) }, () =>
        jobs.add({ id: ids.next(), functionId, trigger: 'job', event, createdAt: now, dueAt: now })
      )
    )
  }
}

async function measureFlood(): Promise<void> {
  let server = await start()
  const code = await readFile('test/bench/functions/hello.lua', 'utf8')
  const hello = await createFunction(server.base, 'hello', code)
  const flood = await createFunction(server.base, 'flood', code)
  const other = await createFunction(server.base, 'other', code)
  await change(server.base, flood, { disabled: true })
  await server.stop()
  const storage = await openData()
  await addJobs(storage, flood, Number(values.queued))
  await storage.close()
  server = await start()
  try {
    const task = { url: `${server.base}/fn/${hello}`, connections: CONNECTIONS, seconds }
    await offer(task)
    const rates: Record<string, number[]> = { alone: [], beside: [] }
    const waits: number[] = []
    let ran = 0
    for (let round = 0; round < rounds; round++) {
      rates.alone?.push(rate(await offer(task), '200'))
      await change(server.base, flood, { disabled: false })
      const before = await countOf(server.base, 'succeeded')
      const [beside] = await Promise.all([offer(task), measureWait(server.base, other, waits)])
      rates.beside?.push(rate(beside, '200'))
      ran += (await countOf(server.base, 'succeeded')) - before
      await change(server.base, flood, { disabled: true })
      await until(async () => (await countOf(server.base, 'running')) === 0)
    }
    const [alone, beside] = [median(rates.alone ?? []), median(rates.beside ?? [])]
    print('hello alone', `${Math.round(alone)}/s`)
    print(
      `hello beside ${values.queued} queued jobs`,
      `${Math.round(beside)}/s, ${(beside / alone).toFixed(2)}; ${Math.round(ran / rounds / seconds)} jobs/s`
    )
    print(
      'a job of another function has run after',
      `${median(waits)} ms, ${Math.max(...waits)} ms at most`
    )
  } finally {
    await server.stop()
  }
}

/** Until a job of another function has run, while the others do. */
async function measureWait(base: string, functionId: string, waits: number[]): Promise<void> {
  const client = { method: 'POST', headers: { Prefer: 'respond-async' } }
  for (let i = 0; i < 5; i++) {
    await pause(200)
    const began = performance.now()
    const answer = await fetch(`${base}/fn/${functionId}`, client)
    const { job_id: id } = (await answer.json()) as { job_id: string }
    await until(async () => {
      const job = await fetch(`${base}/api/jobs/${id}`, { headers: authorization })
      return ((await job.json()) as { status: string }).status === 'succeeded'
    })
    waits.push(Math.round(performance.now() - began))
  }
}

async function measureClaims(): Promise<void> {
  const storage = await openData()
  const functionId = ids.next()
  const fn = { id: functionId, name: 'f', description: undefined, code: 'return 1', now: 1 }
  await storage.functions.create(fn)
  const few = await timeClaims(storage, functionId)
  await storage.close()
  const db = new Database(join(folder, 'moonlet.db'))
  db.prepare(
    `insert into jobs (id, function, status, trigger, created_at, due_at, attempt, attempts, bytes, finished_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
     select printf('0%019d', i), (select seq from functions where id = ?), 3, 'job', i, i, 1, 1, 100, i from n`
  ).run(Number(values.finished), functionId)
  db.close()
  const again = await openData()
  const many = await timeClaims(again, functionId)
  await again.close()
  print('claim and settle, no finished jobs', `${few.toFixed(1)} µs`)
  print(`claim and settle, ${values.finished} finished jobs`, `${many.toFixed(1)} µs`)
}

/** Microseconds to claim and settle one, without what the COMMIT costs. */
async function timeClaims(storage: Storage, functionId: string): Promise<number> {
  const { jobs } = storage
  await addJobs(storage, functionId, 20_000)
  const times: number[] = []
  for (let i = 0; i < 500; i++) {
    const now = Date.now()
    const began = performance.now()
    const claimed = await jobs.claim({
      owner: 'bench',
      now,
      leaseUntil: now + 30_000,
      limit: 16,
      nextExecutionId: () => ids.next()
    })
    await Promise.all(
      claimed.map(({ id, attempts }) =>
        jobs.settle({ id, owner: 'bench', attempts, now, end: { status: 'succeeded' } })
      )
    )
    times.push(((performance.now() - began) * 1000) / claimed.length)
  }
  return median(times)
}

try {
  if (parts.includes('calls')) await measureCalls()
  if (parts.includes('flood')) await measureFlood()
  if (parts.includes('claims')) await measureClaims()
} finally {
  await rm(folder, { recursive: true, force: true })
}
