import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { checkAnswers, checkGone, checkIntegrity } from '../checks.js'
import { createClient, createFunction, type Client } from '../client.js'
import { until, type ChaosServer } from '../server.js'
import { inWorld } from '../world.js'

/**
 * What the calls ask for: most succeed, some at a later attempt, some never, some take their time, so that kills meet
 * them while they run.
 */
const WORKER = `
function handler(ctx, event)
  local n = tonumber(event.body)
  kv.increment("runs:" .. n)
  if n % 11 == 0 then return { statusCode = 404 } end
  if n % 7 == 0 and ctx.attempt == 1 then error("the first attempt fails") end
  if n % 5 == 0 then time.sleep(40) end
  return { body = "ok" }
end`

/** Makes a job of every call, and answers once it is durable. */
const PRODUCER = `
function handler(ctx, event)
  return { statusCode = 202, body = json.encode({ job_id = functions.enqueue(event.query.worker, {
    method = "POST", body = event.body
  }) }) }
end`

const CONNECTIONS = 8
/** More than kills can meet one job. */
const RETRY = { max_attempts: 100, first_delay_seconds: 0, jitter: 0 }

interface Job {
  readonly id: string
  readonly status: string
  readonly attempt_count: number
  readonly reason?: string
  readonly attempts: readonly { readonly status: string; readonly error_kind?: string }[]
}

interface Functions {
  readonly worker: string
  readonly producer: string
}

/** Kills the server again and again under background calls; every job that it acknowledged comes to its end. */
export const killJobs = ({ rounds, loadMs }: { rounds: number; loadMs: number }): Promise<string> =>
  inWorld(async world => {
    let server = await world.start()
    const functions = await prepare(server)
    const load = startJobs(() => server.base, functions)
    for (let round = 0; round < rounds; round++) {
      const before = load.acknowledged.size
      for (
        const end = Date.now() + loadMs;
        Date.now() < end || load.acknowledged.size < before + 20;
      ) {
        await pause(20)
      }
      const sandboxes = server.sandboxes()
      assert.equal(await server.end('SIGKILL'), 'SIGKILL')
      checkIntegrity(world.folder)
      await checkGone(sandboxes)
      server = await world.start()
    }
    await load.stop()
    const interrupted = await checkJobs(server, load.acknowledged)
    await checkAnswers(server, world.functionId)
    assert.equal(await server.end('SIGTERM'), 0)
    checkIntegrity(world.folder)
    return (
      `${rounds} kills of the server, ${load.acknowledged.size} acknowledged jobs all at their end, ` +
      `${interrupted} attempts interrupted`
    )
  })

async function prepare({ base }: ChaosServer): Promise<Functions> {
  const client = createClient(1)
  try {
    const worker = await createFunction(client, base, WORKER)
    const producer = await createFunction(client, base, PRODUCER)
    const change = JSON.stringify({ retry: RETRY })
    assert.equal((await client.call(`${base}/api/functions/${worker}`, 'PUT', change)).status, 200)
    return { worker, producer }
  } finally {
    await client.close()
  }
}

/** Makes jobs until it is stopped; `acknowledged` are the ids that were answered, and what each was asked. */
function startJobs(base: () => string, { worker, producer }: Functions) {
  const acknowledged = new Map<string, number>()
  const client = createClient(CONNECTIONS)
  const state = { goesOn: true, count: 0 }
  const make = async (n: number): Promise<void> => {
    const isFromLua = n % 2 === 1
    const url = isFromLua ? `${base()}/fn/${producer}?worker=${worker}` : `${base()}/fn/${worker}`
    const headers: Record<string, string> = isFromLua ? {} : { prefer: 'respond-async' }
    const { status, body } = await client.call(url, 'POST', String(n), headers)
    if (status === 202) acknowledged.set((JSON.parse(body) as { job_id: string }).job_id, n)
    else await pause(20)
  }
  const workers = Array.from({ length: CONNECTIONS }, async () => {
    while (state.goesOn) {
      // A call that is broken off was not acknowledged.
      await make(++state.count).catch(() => pause(20))
    }
  })
  return {
    acknowledged,
    async stop() {
      state.goesOn = false
      await Promise.all(workers)
      await client.close()
    }
  }
}

/** Returns how many attempts were interrupted. */
async function checkJobs(
  { base }: ChaosServer,
  acknowledged: ReadonlyMap<string, number>
): Promise<number> {
  const client = createClient(4)
  try {
    await until('every job has ended', async () => (await countOpen(client, base)) === 0, 300_000)
    const queue = [...acknowledged]
    let interrupted = 0
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          interrupted += checkJob(await readJob(client, base, next[0]), next[1])
        }
      })
    )
    return interrupted
  } finally {
    await client.close()
  }
}

async function countOpen(client: Client, base: string): Promise<number> {
  let open = 0
  for (const status of ['queued', 'waiting', 'running']) {
    const { body } = await client.call(`${base}/api/jobs?limit=1&status=${status}`)
    open += (JSON.parse(body) as { pagination: { total: number } }).pagination.total
  }
  return open
}

async function readJob(client: Client, base: string, id: string): Promise<Job> {
  const reply = await client.call(`${base}/api/jobs/${id}`)
  assert.equal(reply.status, 200, `the acknowledged job ${id} is there`)
  return JSON.parse(reply.body) as Job
}

/** Returns how many of its attempts were interrupted. */
function checkJob({ id, status, attempt_count: count, attempts }: Job, n: number): number {
  assert.equal(status, n % 11 === 0 ? 'dead' : 'succeeded', `job ${id} has come to its end`)
  assert.equal(attempts.length, count, `every attempt of job ${id} is on record`)
  const successes = attempts.filter(attempt => attempt.status === 'success')
  assert.equal(successes.length, status === 'succeeded' ? 1 : 0, `job ${id} succeeded once`)
  if (status === 'succeeded') {
    assert.equal(attempts.at(-1)?.status, 'success', `job ${id} did not run after its success`)
  }
  const interrupted = attempts.filter(attempt => attempt.error_kind === 'interrupted').length
  const failed = n % 7 === 0 || n % 11 === 0 ? 1 : 0
  assert.ok(count <= interrupted + failed + 1, `job ${id} was not run more often than it had to be`)
  return interrupted
}
