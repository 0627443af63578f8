/** Bounded load on all nodes that remembers every answer: calls of a counter and of hello, and jobs. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient, createFunction, type Client } from '../client.js'
import { until } from '../server.js'
import type { Cluster, Node } from './cluster.js'

const HELLO = 'function handler() return { statusCode = 200, body = "hello" } end'
const COUNTER = `function handler()
  local n = kv.increment("n", 1)
  log.info("run " .. n)
  return { statusCode = 200, body = tostring(n) }
end`
const JOB = 'function handler() kv.increment("jobs", 1); return { statusCode = 200 } end'

/** Fewer than three servers run side by side, on a machine that has much else to do. */
const JOB_PAUSE_MS = 250

export interface Functions {
  readonly hello: string
  readonly counter: string
  readonly job: string
}

export interface ClusterReport {
  /** Executions that were answered with 200. */
  readonly succeeded: string[]
  readonly counts: number[]
  readonly jobs: string[]
  /** Calls of the counter with another answer, or none: they may have counted. */
  unknown: number
}

export async function createFunctions({ base }: Cluster): Promise<Functions> {
  const client = createClient(1)
  try {
    const [hello, counter, job] = [
      await createFunction(client, base(), HELLO),
      await createFunction(client, base(), COUNTER),
      await createFunction(client, base(), JOB)
    ]
    const retry = { max_attempts: 10, first_delay_seconds: 1, max_delay_seconds: 2 }
    const change = JSON.stringify({ retry })
    await client.call(`${base()}/api/functions/${job}`, 'PUT', change)
    return { hello, counter, job }
  } finally {
    await client.close()
  }
}

export function startClusterLoad(cluster: Cluster, functions: Functions) {
  const report: ClusterReport = { succeeded: [], counts: [], jobs: [], unknown: 0 }
  const client = createClient(4)
  const state = { goesOn: true }
  const notSent = () => {
    report.unknown--
  }
  const workers = cluster.nodes.flatMap(node => [
    work(state, () => callCounter(client, node, functions, report), notSent),
    work(state, () => callCounter(client, node, functions, report), notSent),
    work(state, () => callHello(client, node, functions, report)),
    work(state, () => addJob(client, node, functions, report), undefined, JOB_PAUSE_MS)
  ])
  return {
    report,
    async stop(): Promise<ClusterReport> {
      state.goesOn = false
      await Promise.all(workers)
      await client.close()
      return report
    }
  }
}

async function work(
  state: { goesOn: boolean },
  call: () => Promise<void>,
  onRefused = () => {},
  pauseMs = 20
): Promise<void> {
  while (state.goesOn) {
    await call().catch((error: unknown) => {
      // Nobody has it.
      if ((error as { code?: unknown }).code === 'ECONNREFUSED') onRefused()
    })
    await pause(pauseMs)
  }
}

async function callCounter(
  client: Client,
  { server }: Node,
  { counter }: Functions,
  report: ClusterReport
) {
  report.unknown++
  const { status, body, executionId } = await client.call(
    `${server.base}/fn/${counter}`,
    'POST',
    ''
  )
  if (status !== 200 || executionId === undefined) return
  report.unknown--
  report.succeeded.push(executionId)
  report.counts.push(Number(body))
}

async function callHello(
  client: Client,
  { server }: Node,
  { hello }: Functions,
  report: ClusterReport
) {
  const { status, executionId } = await client.call(`${server.base}/fn/${hello}`)
  if (status === 200 && executionId !== undefined) report.succeeded.push(executionId)
}

async function addJob(client: Client, { server }: Node, { job }: Functions, report: ClusterReport) {
  const headers = { prefer: 'respond-async' }
  const { status, body } = await client.call(`${server.base}/fn/${job}`, 'POST', '', headers)
  if (status === 202) report.jobs.push((JSON.parse(body) as { job_id: string }).job_id)
}

/** What was acknowledged is there, and nothing was done twice. */
export async function checkReport(
  { rows }: Cluster,
  { counter }: Functions,
  { succeeded, counts, jobs, unknown }: ClusterReport
): Promise<string> {
  const stored = new Set(
    (await rows('select id from executions where status = 1')).map(row => row['id'])
  )
  const missing = succeeded.filter(id => !stored.has(id))
  assert.deepEqual(missing, [], 'every acknowledged execution is stored as it was answered')
  assert.equal(new Set(counts).size, counts.length, 'no count was given twice')
  const [row] = await rows(
    `select convert_from(value, 'LATIN1') as n from kv join functions f on f.seq = kv.function
     where f.id = '${counter}' and key = 'n'::bytea`
  )
  const n = Number(row?.['n'] ?? 0)
  assert.ok(
    n >= counts.length && n <= counts.length + unknown,
    `the counter is ${n}: ${counts.length} acknowledged, ${unknown} unknown`
  )
  const statusOf = async () => {
    const found = await rows('select id, status from jobs')
    return new Map(found.map(job => [job['id'], job['status']]))
  }
  let open = jobs
  const describe = async () => {
    const found = await rows(
      `select id, status, attempts, lease_owner, lease_until, due_at, reason, error from jobs
       where id = any('{${open.slice(0, 3).join(',')}}')`
    )
    return `${open.length} jobs have not succeeded, among them ${JSON.stringify(found)}`
  }
  const statuses = await statusOf()
  open = jobs.filter(id => !statuses.has(id))
  assert.deepEqual(open, [], 'every acknowledged job is stored')
  try {
    await until('every acknowledged job has succeeded', async () => {
      const now = await statusOf()
      open = jobs.filter(id => now.get(id) !== 3)
      return open.length === 0
    })
  } catch {
    throw new Error(await describe())
  }
  return `${succeeded.length} executions, ${jobs.length} jobs, counter ${n} of ${counts.length} + ${unknown}`
}
