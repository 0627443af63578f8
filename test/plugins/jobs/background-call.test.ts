/** Background calls: from `Prefer: respond-async` to the job that has run. */
import t from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { ECHO } from '../front-door/door.js'
import { async_, atOnce, NTH, openJobs, STATUS } from './world.js'

const world = await openJobs(t, { BODY_LIMIT: '1MiB' })
const { call, fetch, enqueue, ends, job, runs } = world

/** Fields that only a change takes are set behind its creation. */
async function create(fields: Record<string, unknown>): Promise<string> {
  const id = await world.create(fields)
  await call('PUT', `/api/functions/${id}`, fields)
  return id
}

t.test('a call that prefers respond-async is a job that runs', async t => {
  const id = await create({ code: ECHO, save_response: true })
  const answer = await fetch(`/fn/${id}/a?q=1`, {
    method: 'POST',
    headers: { ...async_, 'X-Name': 'n' },
    body: 'text'
  })
  t.equal(answer.status, 202)
  t.equal(answer.headers.get('preference-applied'), 'respond-async')
  const body = (await answer.json()) as { job_id: string }
  t.strictSame(Object.keys(body), ['job_id'])
  t.equal(answer.headers.get('location'), `/api/jobs/${body.job_id}`)
  const done = await ends(t, body.job_id, 'succeeded')
  t.match(done, {
    id: body.job_id,
    function_id: id,
    function_name: 'a function',
    trigger: 'job',
    attempt: 1,
    max_attempts: 5,
    attempt_count: 1,
    status_code: 200
  })
  t.equal(done.attempts.length, 1)
  const execution = (await call('GET', `/api/executions/${done.attempts[0].id}`)).json
  t.match(execution, { job_id: body.job_id, attempt: 1, trigger: 'job', status: 'success' })
  const seen = JSON.parse(JSON.parse(execution.response_json).body)
  t.match(seen, { trigger: 'job', body: 'text', headers: { 'X-Name': 'n' } })
  const event = JSON.parse(done.event_json)
  t.match(event, { method: 'POST', relativePath: '/a', query: { q: '1' }, body: 'text' })
})

t.test('the preference is found in any list of preferences, and only there', async t => {
  const id = await create({ code: STATUS })
  const statusOf = async (prefer: string, method = 'POST') =>
    (await fetch(`/fn/${id}`, { method, headers: { Prefer: prefer } })).status
  for (const prefer of [
    'respond-async',
    'Respond-Async',
    'wait=10, respond-async',
    'return=minimal,respond-async; x=1',
    'respond-async, wait=5'
  ]) {
    t.equal(await statusOf(prefer), 202, prefer)
  }
  t.equal(await statusOf('respond-async', 'GET'), 202)
  for (const prefer of ['wait=10', 'respond-asynchronously', 'x="respond-async"', '']) {
    t.equal(await statusOf(prefer), 200, prefer)
  }
})

t.test('every method that runs a function makes a job of it, HEAD as GET does', async t => {
  const id = await create({ code: STATUS, cors: 'function' })
  const send = (method: string) =>
    fetch(`/fn/${id}`, { method, headers: { Prefer: 'respond-async' } })
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await send(method)
    t.equal(answer.status, 202, method)
    t.equal(answer.headers.get('preference-applied'), 'respond-async')
    const job = answer.headers.get('location')?.slice('/api/jobs/'.length) ?? ''
    const text = await answer.text()
    t.equal(text, method === 'HEAD' ? '' : `{"job_id":"${job}"}\n`)
    const { event_json: event } = await ends(t, job, 'succeeded')
    t.equal(JSON.parse(event).method, method)
  }
  const options = await send('OPTIONS')
  t.same([options.status, options.headers.get('preference-applied')], [200, null])
})

t.test('a body of bytes reaches the function as it came', async t => {
  const code = `function handler(ctx, event) return { body = crypto.sha256(event.body) } end`
  const id = await create({ code, save_response: true })
  const body = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7) % 256))
  const done = await ends(t, await enqueue(`/fn/${id}`, { body }), 'succeeded')
  const execution = (await call('GET', `/api/executions/${done.attempts[0].id}`)).json
  const { createHash } = await import('node:crypto')
  t.equal(JSON.parse(execution.response_json).body, createHash('sha256').update(body).digest('hex'))
})

t.test('what fails is tried again by the policy of its function, until it succeeds', async t => {
  const id = await create({ code: NTH, retry: { ...atOnce, max_attempts: 4 } })
  const done = await ends(t, await enqueue(`/fn/${id}?nth=3`), 'succeeded')
  t.match(done, { attempt: 3, attempt_count: 3, max_attempts: 4 })
  t.same(
    done.attempts.map(({ attempt, status }: { attempt: number; status: string }) => [
      attempt,
      status
    ]),
    [
      [1, 'error'],
      [2, 'error'],
      [3, 'success']
    ]
  )
  t.notOk('error' in done)
})

t.test('a job whose attempts have all failed is dead, and says why', async t => {
  const id = await create({ code: NTH, retry: { ...atOnce, max_attempts: 2 } })
  const dead = await ends(t, await enqueue(`/fn/${id}?nth=9`), 'dead')
  t.match(dead, { attempt: 2, reason: 'attempts', error: /not yet: 2/ })
  t.type(dead.finished_at, 'number')
})

t.test('values of variables are not in the error of a job', async t => {
  const code = 'function handler() error("it was " .. env.get("TOKEN")) end'
  const id = await create({ code, retry: { ...atOnce, max_attempts: 1 } })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { TOKEN: 'very-secret-token' } })
  const dead = await ends(t, await enqueue(`/fn/${id}`), 'dead')
  t.match(dead.error, /it was /)
  t.notOk(JSON.stringify(dead).includes('very-secret-token'))
})

t.test('a body that the handler writes bit by bit is no different in the background', async t => {
  const code = `function handler()
  return { statusCode = 503, body = function(write) write("a") write("b") end }
end`
  const id = await create({ code, retry: { ...atOnce, max_attempts: 2 } })
  const dead = await ends(t, await enqueue(`/fn/${id}`), 'dead')
  t.match(dead, { attempt: 2, status_code: 503, reason: 'attempts' })
})

t.test('answers decide: 4xx ends it, 408, 425, 429 and 5xx do not', async t => {
  const id = await create({ code: STATUS, retry: { ...atOnce, max_attempts: 2 } })
  for (const status of [400, 401, 404, 409, 422, 499]) {
    const dead = await ends(t, await enqueue(`/fn/${id}/${status}`), 'dead')
    t.match(dead, { attempt: 1, reason: 'status', status_code: status })
  }
  for (const status of [408, 425, 429, 500, 503, 599]) {
    const dead = await ends(t, await enqueue(`/fn/${id}/${status}`), 'dead')
    t.match(dead, { attempt: 2, reason: 'attempts', status_code: status })
  }
  for (const status of [204, 302]) {
    await ends(t, await enqueue(`/fn/${id}/${status}`), 'succeeded')
  }
})

t.test('Retry-After of an answer says when the next attempt is', async t => {
  const id = await create({ code: STATUS, retry: atOnce })
  const waiting = await ends(t, await enqueue(`/fn/${id}/429?after=500`), 'waiting')
  const wait = waiting.due_at - waiting.started_at
  t.ok(wait >= 499 && wait <= 502, `${wait} s`)
})

t.test('Moonlet-Delay makes it due later: seconds, or a date', async t => {
  const id = await create({ code: STATUS })
  const later = await job(await enqueue(`/fn/${id}`, { headers: { 'Moonlet-Delay': '3600' } }))
  t.equal(later.status, 'queued')
  t.ok(later.due_at - later.created_at >= 3599)
  const date = new Date(Date.now() + 7_200_000).toUTCString()
  const dated = await job(await enqueue(`/fn/${id}`, { headers: { 'Moonlet-Delay': date } }))
  t.equal(dated.due_at * 1000, Date.parse(date))
  const past = new Date(Date.now() - 7_200_000).toUTCString()
  await ends(t, await enqueue(`/fn/${id}`, { headers: { 'Moonlet-Delay': past } }), 'succeeded')
  await ends(t, await enqueue(`/fn/${id}`, { headers: { 'Moonlet-Delay': '0.2' } }), 'succeeded')
})

t.test('a delay that cannot be read is refused, and nothing is kept', async t => {
  const id = await create({ code: STATUS })
  for (const delay of [
    '-1',
    'soon',
    '1e3',
    '2592001',
    '99999999999999999999',
    '2030-01-01',
    '',
    ' '
  ]) {
    const answer = await fetch(`/fn/${id}`, { headers: { ...async_, 'Moonlet-Delay': delay } })
    t.equal(answer.status, 400, delay)
    t.match(await answer.json(), { error: /^Moonlet-Delay: / })
  }
  t.equal((await call('GET', `/api/jobs?function_id=${id}`)).json.pagination.total, 0)
})

t.test('a repeated Idempotency-Key gives the same job', async t => {
  const [id, other] = [await create({ code: STATUS }), await create({ code: STATUS })]
  const keyed = (functionId: string, key: string) =>
    enqueue(`/fn/${functionId}`, { headers: { 'Idempotency-Key': key } })
  const first = await keyed(id, 'abc')
  t.equal(await keyed(id, 'abc'), first)
  t.equal(await keyed(id, '"abc"'), first, 'quotes are no part of it')
  t.not(await keyed(id, 'abd'), first)
  t.not(await keyed(other, 'abc'), first)
  await ends(t, first, 'succeeded')
  t.equal(await keyed(id, 'abc'), first, 'also once it has run')
  const many = await Promise.all(Array.from({ length: 10 }, () => keyed(id, 'many')))
  t.equal(new Set(many).size, 1)
  for (const key of ['', 'a b', 'x'.repeat(256), 'ü', '""']) {
    const headers = { ...async_, 'Idempotency-Key': Buffer.from(key).toString('latin1') }
    t.equal((await fetch(`/fn/${id}`, { headers })).status, 400, key)
  }
  t.equal((await fetch(`/fn/${id}`, { headers: { 'Idempotency-Key': 'a b' } })).status, 200)
})

t.test('the front door decides of background calls as of all others', async t => {
  const keyed = await create({ code: ECHO, access: { mode: 'key' }, save_response: true })
  t.equal((await fetch(`/fn/${keyed}`, { headers: async_ })).status, 401)
  const { key } = (await call('POST', `/api/functions/${keyed}/keys`, { name: 'shop' })).json
  const id = await enqueue(`/fn/${keyed}`, { headers: { 'X-Function-Key': key } })
  const done = await ends(t, id, 'succeeded')
  const execution = (await call('GET', `/api/executions/${done.attempts[0].id}`)).json
  const seen = JSON.parse(JSON.parse(execution.response_json).body)
  t.same(seen.caller, { kind: 'key', name: 'shop' })
  t.notOk(JSON.stringify(seen).includes(key), 'the key is withheld')
  const internal = await create({ code: ECHO, access: { mode: 'internal' } })
  t.equal((await fetch(`/fn/${internal}`, { headers: async_ })).status, 404)
  const limited = await create({
    code: ECHO,
    rate_limit: { requests: 1, seconds: 3600, by: 'function' }
  })
  t.equal((await fetch(`/fn/${limited}`, { headers: async_ })).status, 202)
  t.equal((await fetch(`/fn/${limited}`, { headers: async_ })).status, 429)
  const small = await create({ code: ECHO, body_limit: 10 })
  const large = { method: 'POST', headers: async_, body: 'x'.repeat(11) }
  t.equal((await fetch(`/fn/${small}`, large)).status, 413)
  const disabled = await create({ code: ECHO })
  await call('PUT', `/api/functions/${disabled}`, { disabled: true })
  t.equal((await fetch(`/fn/${disabled}`, { headers: async_ })).status, 403)
  t.equal((await fetch('/fn/missing', { headers: async_ })).status, 404)
})

t.test('max_concurrency holds for jobs, and keeps no background call out', async t => {
  const code = `function handler()
  local now = kv.increment("now")
  if now > 1 then kv.set("crowd", "yes") end
  time.sleep(50)
  kv.increment("now", -1)
  return {}
end`
  const id = await create({ code, max_concurrency: 1 })
  const ids = await Promise.all(Array.from({ length: 6 }, () => enqueue(`/fn/${id}`)))
  for (const one of ids) await ends(t, one, 'succeeded')
  t.equal((await call('GET', `/api/functions/${id}/kv/crowd`)).status, 404)
  t.equal(await runs(id), 6)
})

t.test('jobs of a disabled function wait until it is enabled', async t => {
  const id = await create({ code: STATUS })
  const later = await enqueue(`/fn/${id}`, { headers: { 'Moonlet-Delay': '0.1' } })
  await call('PUT', `/api/functions/${id}`, { disabled: true })
  const other = await create({ code: STATUS })
  await ends(t, await enqueue(`/fn/${other}`, { headers: { 'Moonlet-Delay': '0.2' } }), 'succeeded')
  t.equal((await job(later)).status, 'queued')
  await call('PUT', `/api/functions/${id}`, { disabled: false })
  await ends(t, later, 'succeeded')
})

t.test('without the preference nothing is a job', async t => {
  const id = await create({ code: STATUS })
  t.equal((await fetch(`/fn/${id}`, { headers: { 'Moonlet-Delay': 'x' } })).status, 200)
  await eventually(t, () => runs(id), 1)
  t.equal((await call('GET', `/api/jobs?function_id=${id}`)).json.pagination.total, 0)
})
