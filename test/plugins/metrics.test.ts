import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { build } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'

const headers = { authorization: 'Bearer test-key' }

async function scenario(t: Test, code: string) {
  const app = await build(t)
  const { id } = (
    await app.inject({ method: 'POST', url: '/api/functions', headers, body: { name: 'f', code } })
  ).json()
  return {
    app,
    id: String(id),
    run: async (url = '') => (await app.inject(`/fn/${id}${url}`)).statusCode,
    metrics: async () => (await app.inject({ url: '/metrics', headers })).payload
  }
}

t.test('counts runs by trigger and result, with their durations', async t => {
  const { run, metrics } = await scenario(
    t,
    `function handler(ctx, event)
    if event.query.fail then error("no") end
    return { statusCode = event.query.missing and 404 or 200 }
  end`
  )
  for (const [url, status] of [
    ['', 200],
    ['', 200],
    ['?fail=1', 500],
    ['?missing=1', 404]
  ] as const) {
    t.equal(await run(url), status)
  }
  const text = await metrics()
  t.match(text, 'moonlet_executions_total{trigger="http",result="success"} 2\n')
  t.match(text, 'moonlet_executions_total{trigger="http",result="runtime"} 1\n')
  t.match(text, 'moonlet_executions_total{trigger="http",result="error"} 1\n')
  t.match(text, 'moonlet_execution_duration_seconds_count 4\n')
  t.match(
    await metrics(),
    'moonlet_executions_total{trigger="http",result="success"} 2\n',
    'and the same when asked again'
  )
})

t.test('counts calls of Lua APIs, sandboxes and the database', async t => {
  const { run, metrics } = await scenario(
    t,
    'function handler() kv.set("a", "1") kv.get("a") kv.get("a") return { statusCode = 200 } end'
  )
  await run()
  const text = await metrics()
  t.match(text, 'moonlet_host_calls_total{function="kv.get"} 2\n')
  t.match(text, 'moonlet_host_calls_total{function="kv.set"} 1\n')
  t.match(text, /^moonlet_sandboxes\{state="idle"\} 1$/m)
  t.match(text, /^moonlet_queue_length 0$/m)
  t.match(text, /^moonlet_database_bytes\{part="used"\} [1-9]\d+$/m)
  t.match(text, /^nodejs_eventloop_lag_p99_seconds /m)
})

t.test('counts sandboxes that were killed, by reason', async t => {
  const app = await build(t, { EXECUTION_TIMEOUT: '1' })
  const { id } = (
    await app.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      body: { name: 'f', code: 'function handler() while true do end end' }
    })
  ).json()
  t.equal((await app.inject(`/fn/${id}`)).statusCode, 500)
  const { payload } = await app.inject({ url: '/metrics', headers })
  t.match(payload, 'moonlet_sandbox_ends_total{reason="timeout"} 1\n')
  t.match(payload, 'moonlet_executions_total{trigger="http",result="timeout"} 1\n')
})

t.test('counts calls that got no sandbox', async t => {
  const app = await build(t, { QUEUE_LIMIT: '0', SANDBOX_MAX: '1' })
  const { id } = (
    await app.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      body: { name: 'f', code: 'function handler() time.sleep(1500) return {} end' }
    })
  ).json()
  const statuses = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async () => (await app.inject(`/fn/${id}`)).statusCode)
  )
  const refused = statuses.filter(status => status === 503).length
  t.ok(refused > 0)
  t.match(
    (await app.inject({ url: '/metrics', headers })).payload,
    `moonlet_calls_refused_total{reason="QUEUE_FULL"} ${refused}\n`
  )
})

t.test('needs the API key', async t => {
  const app = await build(t)
  t.equal((await app.inject('/metrics')).statusCode, 401)
})

t.test('no name is against the conventions of Prometheus', async t => {
  const { metrics } = await scenario(t, 'function handler() return {} end')
  const text = await metrics()
  const types = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type = '']) => ({
    name,
    type
  }))
  t.ok(types.length > 20)
  t.same(
    types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter')),
    []
  )
  t.match(text, /^nodejs_version_info\{/m)
  // The linter itself, where there is one.
  const linted = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  if (linted.error === undefined) t.same([linted.status, linted.stderr], [0, ''])
})

t.test('counts jobs by function and status, attempts and deaths', async t => {
  const { app, id, metrics } = await scenario(
    t,
    'function handler() return { statusCode = 404 } end'
  )
  const enqueue = async (delay: string) => {
    const prefer = { prefer: 'respond-async', 'moonlet-delay': delay }
    const answer = await app.inject({ method: 'POST', url: `/fn/${id}`, headers: prefer })
    t.equal(answer.statusCode, 202)
  }
  await app.ready()
  await enqueue('0')
  await enqueue('3600')
  const line = (text: string) => async () => (await metrics()).includes(`${text}\n`)
  await eventually(t, line(`moonlet_jobs{function="${id}",status="dead"} 1`), true)
  for (const text of [
    `moonlet_jobs{function="${id}",status="queued"} 1`,
    `moonlet_jobs_oldest_seconds{function="${id}"} 0`,
    `moonlet_job_attempts_total{function="${id}"} 1`,
    `moonlet_job_deaths_total{function="${id}"} 1`
  ]) {
    t.ok(await line(text)(), text)
  }
})
