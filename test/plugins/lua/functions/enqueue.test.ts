/** `functions.enqueue` and `functions.job`: calls of other functions in the background, and how they stand. */
import t, { type Test } from 'tap'
import { buildApi, type Api } from '../../../helpers/api.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { startServer } from '../../../helpers/server.js'

const handler = (body: string): string => `function handler(ctx, event)\n${body}\nend\n`
const asJson = (value: string): string =>
  handler(
    `  return { headers = { ["Content-Type"] = "application/json" }, body = json.encode(${value}) }`
  )

const enqueueing = (args: string): string =>
  handler(`  local job, err = functions.enqueue(${args})
  return { headers = { ["Content-Type"] = "application/json" },
    body = json.encode({ job = job, err = err }) }`)

const start = async (t: Test, settings: Record<string, string> = {}): Promise<Api> =>
  await buildApi(t, settings)

async function answerOf({ call }: Api, id: string): Promise<{ job?: string; err?: string }> {
  const { status, json, text } = await call('GET', `/fn/${id}`)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return json
}

const statusOf = async ({ call }: Api, job = ''): Promise<string> =>
  (await call('GET', `/api/jobs/${job}`)).json.status

t.test('a function has another one run in the background, and sees how that stands', async t => {
  const api = await start(t)
  const inner = await api.create({
    slug: 'inner',
    access: { mode: 'internal' },
    code: handler(`  kv.setGlobal("seen", json.encode({ trigger = ctx.trigger, caller = ctx.caller,
    job = ctx.job_id, attempt = ctx.attempt, body = event.body, path = event.relativePath,
    by = event:header("x-moonlet-caller-execution-id") }))
  return {}`)
  })
  const outer = await api.create({
    name: 'outer',
    code: enqueueing('"inner", { path = "/a", body = "b" }')
  })
  const { job } = await answerOf(api, outer)
  await eventually(t, () => statusOf(api, job), 'succeeded')
  const seen = (await api.call('GET', '/api/kv/seen')).json
  t.match(seen, {
    trigger: 'job',
    caller: { kind: 'function', name: 'outer' },
    job,
    attempt: 1,
    body: 'b',
    path: '/a'
  })
  const { executions } = (await api.call('GET', `/api/functions/${outer}/executions`)).json
  t.equal(seen.by, executions[0].id)
  const reader = await api.create({ code: asJson(`functions.job("${job}")`) })
  t.match((await api.call('GET', `/fn/${reader}`)).json, {
    id: job,
    function_id: inner,
    status: 'succeeded',
    attempt: 1,
    status_code: 200,
    created_at: Number,
    due_at: Number,
    finished_at: Number,
    execution_id: String
  })
})

t.test('there is nil for a job that there is not', async t => {
  const api = await start(t)
  const reader = await api.create({
    code: handler(
      '  return { body = tostring(functions.job("nobody")) .. tostring(functions.job("")) }'
    )
  })
  t.equal((await api.call('GET', `/fn/${reader}`)).text, 'nilnil')
})

t.test('the job stays when the run that asked for it fails', async t => {
  const api = await start(t)
  const inner = await api.create({ slug: 'inner' })
  const outer = await api.create({
    code: handler('  functions.enqueue("inner")\n  error("after")')
  })
  t.equal((await api.call('GET', `/fn/${outer}`)).status, 500)
  await eventually(
    t,
    async () => (await api.call('GET', `/api/jobs?function_id=${inner}`)).json.jobs[0]?.status,
    'succeeded'
  )
})

t.test('a delay, a time and a key are those of the job', async t => {
  const api = await start(t)
  await api.create({ slug: 'inner' })
  const now = Math.floor(Date.now() / 1000)
  for (const [options, due] of [
    ['{ delay = 100 }', now + 100],
    ['{ at = time.now() + 200.5 }', now + 200],
    ['{ delay = 0.5 }', now]
  ] as const) {
    const outer = await api.create({ code: enqueueing(`"inner", nil, ${options}`) })
    const { job } = await answerOf(api, outer)
    const { due_at: dueAt } = (await api.call('GET', `/api/jobs/${job}`)).json
    t.ok(dueAt >= due && dueAt <= due + 60, `${options}: ${dueAt - now}`)
  }
  const past = await api.create({ code: enqueueing('"inner", {}, { at = 5 }') })
  const { job } = await answerOf(api, past)
  await eventually(t, () => statusOf(api, job), 'succeeded')
  const keyed = await api.create({
    code: enqueueing('"inner", nil, { delay = 100, idempotency_key = "order 5" }')
  })
  const other = await api.create({
    code: enqueueing('"inner", nil, { delay = 100, idempotency_key = "order 6" }')
  })
  const [first, second, third] = [
    await answerOf(api, keyed),
    await answerOf(api, keyed),
    await answerOf(api, other)
  ]
  t.equal(first.job, second.job)
  t.not(first.job, third.job)
})

t.test('what cannot be enqueued gives nil and words', async t => {
  const api = await start(t, { JOBS_WAITING: '1' })
  const off = await api.create({ slug: 'off' })
  await api.call('PUT', `/api/functions/${off}`, { disabled: true })
  const full = await api.create({ slug: 'full' })
  const words = async (args: string) =>
    (await answerOf(api, await api.create({ code: enqueueing(args) }))).err
  t.equal(await words('"nobody"'), "no function has the slug or id 'nobody'")
  t.equal(await words('"off"'), "the function 'off' is disabled")
  t.equal(await words('"full", nil, { delay = 100 }'), undefined)
  t.match(await words('"full", nil, { delay = 100 }'), /JOBS_WAITING/)
  const { pagination } = (await api.call('GET', `/api/jobs?function_id=${full}`)).json
  t.equal(pagination.total, 1, 'what is refused is not kept')
})

t.test('wrong arguments raise, and no job is made', async t => {
  const api = await start(t)
  await api.create({ slug: 'inner' })
  for (const [args, words] of [
    ['"inner", nil, { delay = -1 }', /field 'delay'/],
    ['"inner", nil, { delay = 40000000 }', /field 'delay'/],
    ['"inner", nil, { delay = 0/0 }', /field 'delay'/],
    ['"inner", nil, { at = 1e15 }', /at is more than 31622400 seconds from now/],
    ['"inner", nil, { delay = 1, at = 1 }', /delay or at, not both/],
    ['"inner", nil, { idempotency_key = ("x"):rep(256) }', /field 'idempotency_key'/],
    ['"inner", { method = "a b" }', /is no method/],
    ['"inner", nil, 5', /bad argument #3/]
  ] as const) {
    const outer = await api.create({
      code: handler(`  return { body = select(2, pcall(functions.enqueue, ${args})) }`)
    })
    t.match((await api.call('GET', `/fn/${outer}`)).text, words, args)
  }
  t.equal((await api.call('GET', '/api/jobs')).json.pagination.total, 0)
})

t.test('ctx.retry_after and ctx.give_up decide about the next attempt', async t => {
  const api = await start(t)
  await api.create({
    slug: 'again',
    retry: { first_delay_seconds: 3600 },
    code: handler(`  if ctx.attempt < 3 then
    ctx.retry_after(0)
    error("not yet")
  end
  return { body = "done" }`)
  })
  await api.create({
    slug: 'never',
    retry: { first_delay_seconds: 0, max_attempts: 9 },
    code: handler('  ctx.give_up("bad order")\n  error("refused")')
  })
  await api.create({
    slug: 'later',
    code: handler('  ctx.retry_after(3600)\n  return { statusCode = 503 }')
  })
  const jobOf = async (slug: string) =>
    (await answerOf(api, await api.create({ code: enqueueing(`"${slug}"`) }))).job
  const [again, never, later] = [await jobOf('again'), await jobOf('never'), await jobOf('later')]
  await eventually(t, () => statusOf(api, again), 'succeeded')
  t.match((await api.call('GET', `/api/jobs/${again}`)).json.attempts, [
    { attempt: 1, status: 'error' },
    { attempt: 2, status: 'error' },
    { attempt: 3, status: 'success' }
  ])
  await eventually(t, () => statusOf(api, never), 'dead')
  const dead = (await api.call('GET', `/api/jobs/${never}`)).json
  t.match(dead, { reason: 'gave_up', attempt: 1, error: /bad order/ })
  await eventually(t, () => statusOf(api, later), 'waiting')
  const waiting = (await api.call('GET', `/api/jobs/${later}`)).json
  t.ok(waiting.due_at - waiting.created_at >= 3600, 'it waits as long as the function said')
})

t.test('what was enqueued before the server was killed is run by the next one', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const request = async (base: string, method: string, path: string, body?: object) => {
    const reply = await fetch(base + path, {
      method,
      headers: { authorization: 'Bearer test-key' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return await reply.text()
  }
  const first = await startServer(t, { DATA_DIR, JOBS_MAX: '1' })
  const make = async (fields: object) =>
    JSON.parse(await request(first.base, 'POST', '/api/functions', { name: 'f', ...fields })).id
  await make({ slug: 'inner', code: handler('  kv.incrementGlobal("runs")\n  return {}') })
  const outer = await make({
    code: handler(`  for i = 1, 20 do functions.enqueue("inner", nil, { delay = 1 }) end
  return { body = functions.enqueue("inner", nil, { delay = 1 }) }`)
  })
  const job = await request(first.base, 'GET', `/fn/${outer}`)
  await first.stop('SIGKILL')
  const second = await startServer(t, { DATA_DIR })
  await eventually(
    t,
    async () => JSON.parse(await request(second.base, 'GET', `/api/jobs/${job}`)).status,
    'succeeded'
  )
  await eventually(t, () => request(second.base, 'GET', '/api/kv/runs'), '21')
})
