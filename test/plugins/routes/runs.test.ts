/** Drafts, syntax checks and reruns, in real sandboxes. */
import t from 'tap'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

const handler = (body: string) => `function handler(ctx, event)\n${body}\nend\n`

t.test('a draft runs as the function and leaves neither version nor execution', async t => {
  const { app, call, create } = api
  const id = await create()
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { GREETING: 'hi' } })
  const { status, json } = await call('POST', `/api/functions/${id}/draft`, {
    code: handler(
      '  log.info("from the draft")\n  kv.set("k", "v")\n  return { statusCode = 201, headers = { ["X-A"] = "é" }, body = env.get("GREETING") .. " " .. ctx.functionId }'
    )
  })
  t.equal(status, 200)
  t.match(json, {
    status_code: 201,
    headers: { 'X-A': 'é', 'Content-Type': 'application/json' },
    body: `hi ${id}`,
    logs: [{ level: 'info', message: 'from the draft' }]
  })
  t.type(json.duration_ms, 'number')
  t.notOk('error' in json || 'body_base64' in json)
  t.equal((await call('GET', `/api/functions/${id}/executions`)).json.pagination.total, 0)
  t.equal((await call('GET', `/api/functions/${id}/versions`)).json.pagination.total, 1)
  t.equal(
    Buffer.from((await app.storage.kv.get(id, Buffer.from('k'))) ?? []).toString(),
    'v',
    'it really ran'
  )
})

t.test('a draft sees the event that was given', async t => {
  const { call, create } = api
  const id = await create()
  const code = handler('  return { body = json.encode(event) }')
  const event = {
    method: 'post',
    path: '/ü/b',
    query: { q: 'é' },
    headers: { 'x-note': 'ñ' },
    body: '{"a":"ö"}'
  }
  t.same(
    JSON.parse((await call('POST', `/api/functions/${id}/draft`, { code, event })).json.body),
    {
      method: 'POST',
      path: `/fn/${id}/ü/b`,
      relativePath: '/ü/b',
      query: { q: 'é' },
      headers: { 'X-Note': 'ñ' },
      body: '{"a":"ö"}',
      rawPath: `/fn/${id}/%C3%BC/b`,
      rawQuery: 'q=%C3%A9',
      queryAll: { q: ['é'] },
      headersAll: { 'X-Note': ['ñ'] },
      params: {},
      ip: '127.0.0.1'
    }
  )
  t.match(JSON.parse((await call('POST', `/api/functions/${id}/draft`, { code })).json.body), {
    method: 'GET',
    path: `/fn/${id}`,
    relativePath: '/',
    body: ''
  })
})

t.test(
  'an answer that is no text comes in base64, several headers of a name as a list',
  async t => {
    const { call, create } = api
    const { json } = await call('POST', `/api/functions/${await create()}/draft`, {
      code: handler(
        '  return { body = "\\255\\0", headers = { ["Content-Type"] = "image/png", ["Set-Cookie"] = { "a=1", "b=2" } } }'
      )
    })
    t.same([json.body, json.body_base64], [undefined, '/wA='])
    t.match(json.headers, { 'Content-Type': 'image/png', 'Set-Cookie': ['a=1', 'b=2'] })
  }
)

t.test('a draft that fails says where, with its logs and without an answer', async t => {
  const { call, create } = api
  const { status, json } = await call('POST', `/api/functions/${await create()}/draft`, {
    code: handler('  log.warn("before")\n  error("kaput")')
  })
  t.equal(status, 200)
  t.match(json, {
    error: { kind: 'runtime', line: 3, message: /kaput/, text: /^Error at line 3: / },
    logs: [{ level: 'warn', message: 'before' }]
  })
  t.notOk('status_code' in json || 'body' in json)
  const syntax = (
    await call('POST', `/api/functions/${await create()}/draft`, { code: 'function (' })
  ).json
  t.match(syntax.error, { kind: 'syntax', line: 1 })
})

t.test("two drafts of one function do not run each other's code", async t => {
  const { call, create } = api
  const id = await create()
  const bodies = await Promise.all(
    Array.from(
      { length: 6 },
      async (_, i) =>
        (
          await call('POST', `/api/functions/${id}/draft`, {
            code: handler(`  return { body = "${i}" }`)
          })
        ).json.body
    )
  )
  t.same(bodies, ['0', '1', '2', '3', '4', '5'])
})

t.test('a draft that makes no sense is refused', async t => {
  const { call, create } = api
  const id = await create()
  const refusal = async (body: unknown, fn = id) => {
    const { status, json } = await call('POST', `/api/functions/${fn}/draft`, body)
    return [status, json.error]
  }
  t.same(await refusal({}), [400, 'code: code cannot be empty'])
  t.same(await refusal({ code: 'x'.repeat(1024 * 1024 + 1) }), [
    400,
    'code: code cannot be longer than 1048576 bytes'
  ])
  t.same(await refusal({ code: 'x', event: { path: 'a' } }), [
    400,
    'event.path: event.path must begin with /'
  ])
  t.same(await refusal({ code: 'x', event: { method: 'G T' } }), [
    400,
    'event.method: event.method must be a method such as GET or POST'
  ])
  t.same(await refusal({ code: 'x', event: { headers: { 'a b': 'c' } } }), [
    400,
    'event.headers: event.headers has a name that no header can have: "a b"'
  ])
  t.same(await refusal({ code: 'x', event: { query: { a: 1 } } }), [400, 'Invalid request body'])
  t.same(await refusal({ code: 'x' }, 'none'), [404, 'Function not found'])
})

t.test('a draft of a disabled function runs: it is being worked on', async t => {
  const { call, create } = api
  const id = await create()
  await call('PUT', `/api/functions/${id}`, { disabled: true })
  t.equal(
    (
      await call('POST', `/api/functions/${id}/draft`, {
        code: handler('  return { body = "ok" }')
      })
    ).json.body,
    'ok'
  )
})

t.test('code is checked by the parser that runs it', async t => {
  const { call } = api
  const check = async (code: unknown) => (await call('POST', '/api/check', { code })).json
  t.strictSame(await check('return 1'), { ok: true })
  t.strictSame(await check(''), { ok: true }, 'an empty text is a program')
  t.match(await check('local x = \nfunction'), { ok: false, error: { line: 2, message: /./ } })
  t.same(await check(5), { error: 'Invalid request body' })
  t.same(await check('x'.repeat(1024 * 1024 + 1)), {
    error: 'code: code cannot be longer than 1048576 bytes'
  })
})

t.test('a rerun gives the stored event to the active version and is recorded', async t => {
  const { call, callOpen, create } = api
  const id = await create({ code: handler('  return { body = "old" }') })
  const first = await callOpen('POST', `/fn/${id}/a%20b?q=1&token=secret`, 'bödy', {
    'x-note': 'ñ'
  })
  await call('PUT', `/api/functions/${id}`, {
    code: handler('  kv.set("seen", json.encode(event))\n  return { statusCode = 418 }')
  })
  const { status, json } = await call(
    'POST',
    `/api/executions/${String(first.headers['x-execution-id'])}/rerun`
  )
  t.equal(status, 200)
  t.match(json, { status: 'error', status_code: 418, execution_id: /^[0-9a-v]{20}$/ })
  t.match((await call('GET', `/api/executions/${json.execution_id}`)).json, {
    trigger: 'rerun',
    version: 2,
    status: 'error'
  })
  t.match(JSON.parse((await call('GET', `/api/functions/${id}/kv/seen`)).text), {
    method: 'POST',
    relativePath: '/a b',
    path: `/fn/${id}/a b`,
    query: { q: '1', token: '[REDACTED]' },
    body: 'bödy'
  })
})

t.test('a rerun that fails says why', async t => {
  const { call, callOpen, create } = api
  const id = await create({ code: handler('  error("kaput")') })
  const first = await callOpen('GET', `/fn/${id}`)
  const { json } = await call(
    'POST',
    `/api/executions/${String(first.headers['x-execution-id'])}/rerun`
  )
  t.match(json, { status: 'error', error_message: /kaput/ })
  t.notOk('status_code' in json)
})

t.test('a disabled function is not run again', async t => {
  const { call, callOpen, create } = api
  const id = await create()
  const first = await callOpen('GET', `/fn/${id}`)
  await call('PUT', `/api/functions/${id}`, { disabled: true })
  t.match(await call('POST', `/api/executions/${String(first.headers['x-execution-id'])}/rerun`), {
    status: 409,
    json: { error: 'Function is disabled' }
  })
})

t.test(
  'an execution whose event was too large to be stored whole is not run again, and says why',
  async t => {
    const { call, callOpen } = api
    const id = await api.create({ code: handler('  return { body = tostring(#event.body) }') })
    const first = await callOpen('POST', `/fn/${id}`, 'x'.repeat(65_537))
    t.equal(first.text, '65537', 'the function sees all of it')
    const execution = String(first.headers['x-execution-id'])
    const stored = JSON.parse((await call('GET', `/api/executions/${execution}`)).json.event_json)
    t.match(stored, {
      body: 'x'.repeat(65_536),
      truncated: true,
      bodySize: 65_537,
      bodySha256: /^[0-9a-f]{64}$/
    })
    t.match(await call('POST', `/api/executions/${execution}/rerun`), {
      status: 409,
      json: {
        error: /not stored whole. Its body of 65537 bytes was too large \(setting EVENT_LIMIT\)/
      }
    })
  }
)

t.test('an execution whose event is none cannot be run again', async t => {
  const { app, call, create } = api
  const fn = await create()
  for (const [id, eventJson] of [
    ['odd1', ''],
    ['odd2', '{"method":5}'],
    ['odd3', 'null']
  ] as const) {
    await app.storage.executions.finish({
      id,
      functionId: fn,
      versionId: `ver_${fn}_v1`,
      trigger: 'http',
      eventJson,
      createdAt: 1,
      status: 'success',
      durationMs: 1,
      errorMessage: undefined,
      fault: undefined,
      responseJson: undefined,
      logs: []
    })
    t.match(
      await call('POST', `/api/executions/${id}/rerun`),
      { status: 409, json: { error: 'This execution has no event to run again with' } },
      id
    )
  }
})

t.test('the status tells limits and what the sandboxes do', async t => {
  const { call } = await buildApi(t, {
    BODY_LIMIT: '2048',
    SANDBOX_MEMORY_MB: '64',
    BASE_URL: 'https://moonlet.example.org/'
  })
  const { json } = await call('GET', '/api/status')
  t.match(json, {
    version: /^\d+\.\d+\.\d+/,
    lua_version: /^5\.3/,
    limits: { body_limit: 2048, sandbox_memory: 64 * 1024 * 1024, sandbox_max: 4 },
    base_url: 'https://moonlet.example.org',
    time_zone: /./
  })
  t.ok(Math.abs(json.server_time - Date.now() / 1000) < 60)
  t.ok(Object.values(json.sandboxes).every(count => Number.isInteger(count)))
})

t.test(
  'running again does not pass on what an old record wrongly says of the scheduler, but of a scheduled run it does',
  async t => {
    const { app, call, create } = api
    const id = await create({
      code: handler(
        '  return { body = tostring(event.headers["X-Trigger"]) .. tostring(event.headers["X-Cron-Schedule"]) .. event.headers["X-Other"] }'
      )
    })
    await call('PUT', `/api/functions/${id}`, { save_response: true })
    const rerun = async (trigger: string) => {
      const execution = {
        id: app.ids.next(),
        functionId: id,
        versionId: `ver_${id}_v1`,
        trigger,
        eventJson: JSON.stringify({
          method: 'POST',
          path: `/fn/${id}`,
          relativePath: '/',
          headers: { 'X-Trigger': 'cron', 'X-Cron-Schedule': '!', 'X-Other': 'x' },
          query: {},
          body: ''
        }),
        createdAt: Math.floor(Date.now() / 1000)
      }
      app.storage.executions.begin(execution)
      await app.storage.executions.finish({
        ...execution,
        status: 'success',
        durationMs: 1,
        errorMessage: undefined,
        fault: undefined,
        responseJson: undefined,
        logs: []
      })
      const { json } = await call('POST', `/api/executions/${execution.id}/rerun`)
      return JSON.parse(
        (await call('GET', `/api/executions/${json.execution_id}`)).json.response_json
      ).body
    }
    t.equal(await rerun('http'), 'nilnilx')
    t.equal(await rerun('cron'), 'cron!x')
  }
)
