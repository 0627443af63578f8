import t from 'tap'
import type { FinishedExecution } from '../../../core/contracts/executions.js'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

async function record(
  functionId: string,
  change: Partial<FinishedExecution> = {}
): Promise<string> {
  const { app } = api
  const id = app.ids.next()
  await app.storage.executions.finish({
    id,
    functionId,
    versionId: `ver_${functionId}_v1`,
    trigger: 'http',
    eventJson: '{"method":"GET"}',
    createdAt: 1000,
    status: 'success',
    durationMs: 3,
    errorMessage: undefined,
    fault: undefined,
    responseJson: undefined,
    logs: [],
    ...change
  })
  return id
}

t.test('an execution shows what its record holds and leaves out what it does not', async t => {
  const fn = await api.create()
  const id = await record(fn, { responseJson: '{"statusCode":200}' })
  t.strictSame((await api.call('GET', `/api/executions/${id}`)).json, {
    id,
    function_id: fn,
    function_version_id: `ver_${fn}_v1`,
    version: 1,
    status: 'success',
    method: 'GET',
    duration_ms: 3,
    event_json: '{"method":"GET"}',
    trigger: 'http',
    created_at: 1000,
    response_json: '{"statusCode":200}'
  })
})

t.test(
  'a list shows at most 4 KiB of each event, as valid JSON that says so; the execution has all of it',
  async t => {
    const fn = await api.create({
      code: 'function handler(ctx, event) return { body = event.body } end'
    })
    await api.call('PUT', `/api/functions/${fn}`, { save_response: true })
    const body = JSON.stringify({ text: 'ä"\u0000'.repeat(9000) })
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => api.callOpen('POST', `/fn/${fn}/place?a=1`, body))
    )
    const { text, json } = await api.call('GET', `/api/functions/${fn}/executions?limit=100`)
    t.equal(json.executions.length, 30)
    t.ok(text.length < 30 * 10_000, `${text.length} bytes`)
    for (const { event_json: event } of json.executions) {
      t.ok(Buffer.byteLength(event) <= 4096)
      t.match(JSON.parse(event), {
        method: 'POST',
        path: `/fn/${fn}/place`,
        relativePath: '/place',
        query: { a: '1' },
        truncated: true,
        bodySize: Buffer.byteLength(body),
        bodySha256: /^[0-9a-f]{64}$/
      })
      t.match(JSON.parse(event).body, /^\{"text":"ä/)
    }
    const whole = await api.call(
      'GET',
      `/api/executions/${String(answers[0]?.headers['x-execution-id'])}`
    )
    t.ok(JSON.parse(whole.json.event_json).body.length > 40_000)
    t.equal(JSON.parse(whole.json.response_json).body, body)
  }
)

t.test('an event of some kilobytes is cut in lists alone, and run again whole', async t => {
  const fn = await api.create({
    code: 'function handler(ctx, event) return { body = tostring(#event.body) } end'
  })
  const first = await api.callOpen('POST', `/fn/${fn}`, 'x'.repeat(6000))
  const id = String(first.headers['x-execution-id'])
  const [listed] = (await api.call('GET', `/api/functions/${fn}/executions`)).json.executions
  t.match(JSON.parse(listed.event_json), { truncated: true })
  const whole = JSON.parse((await api.call('GET', `/api/executions/${id}`)).json.event_json)
  t.notOk('truncated' in whole)
  t.equal(whole.body.length, 6000)
  t.match((await api.call('POST', `/api/executions/${id}/rerun`)).json, { status: 'success' })
})

t.test('a list shows the beginning of a long error, the execution all of it', async t => {
  const fn = await api.create({ code: 'function handler() error(("x"):rep(20000)) end' })
  const failed = await api.callOpen('GET', `/fn/${fn}`)
  const [listed] = (await api.call('GET', `/api/functions/${fn}/executions`)).json.executions
  t.match(listed, { error_message: /^Error at line 1: .*…$/s, error: { message: /x…$/ } })
  t.ok(JSON.stringify(listed).length < 15_000)
  const whole = (
    await api.call('GET', `/api/executions/${String(failed.headers['x-execution-id'])}`)
  ).json
  t.match(whole, { error: { message: /x{10000}$/ } })
})

t.test(
  'an execution tells what was asked and what the function answered, everywhere it is shown',
  async t => {
    const { call } = api
    const fn = await api.create({
      code: 'function handler(ctx, event) if event.query.fail then error("no") end return { statusCode = 404, body = "" } end'
    })
    const handled = await call('GET', `/fn/${fn}/a%22b/c?token=x`)
    const expected = { status: 'error', status_code: 404, method: 'GET', path: `/fn/${fn}/a"b/c` }
    const listed = async () =>
      (await call('GET', `/api/functions/${fn}/executions`)).json.executions[0]
    const { id } = await listed()
    t.equal(handled.headers['x-execution-id'], id)
    t.match(await listed(), expected)
    t.notOk('error_message' in (await listed()), 'it did not fail')
    t.match((await call('GET', `/api/executions/${id}`)).json, expected)
    t.match((await call('GET', `/api/executions/${id}/logs`)).json, expected)
    t.match(
      (await call('GET', '/api/functions')).json.functions.find(
        (one: { id: string }) => one.id === fn
      ).last_execution,
      { status: 'error', status_code: 404 }
    )

    await call('POST', `/fn/${fn}?fail=1`)
    t.match(await listed(), {
      status: 'error',
      method: 'POST',
      path: `/fn/${fn}`,
      error_message: /no/
    })
    t.notOk('status_code' in (await listed()), 'it gave no answer')
  }
)

t.test(
  'method and path are absent where the event has none, and found wherever it has them',
  async t => {
    const fn = await api.create()
    for (const [eventJson, expected] of [
      [
        '{"method":"GET","path":"/x\\u00e9\\"y","body":"{\\"path\\":1}"}',
        { method: 'GET', path: '/xé"y' }
      ],
      ['{"body":"","path":"/later","method":"PUT"}', { method: 'PUT', path: '/later' }],
      ['{"method":"GET"}', { method: 'GET' }],
      ['{"method":5,"path":{}}', {}],
      ['{"method":"","path":""}', {}],
      ['{"method":"GET","path":"/cut', {}],
      ['', {}],
      ['null', {}]
    ] as const) {
      const { method, path } = (
        await api.call('GET', `/api/executions/${await record(fn, { eventJson })}`)
      ).json
      t.same(
        { ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) },
        expected,
        eventJson
      )
    }
  }
)

t.test('a failed execution tells its error to people and to programs', async t => {
  const fn = await api.create()
  const id = await record(fn, {
    status: 'error',
    errorMessage: 'Error at line 2: main:2: no',
    fault: { kind: 'runtime', message: 'main:2: no', line: 2, traceback: 'stack' }
  })
  t.match((await api.call('GET', `/api/executions/${id}`)).json, {
    status: 'error',
    error_message: 'Error at line 2: main:2: no'
  })
  t.strictSame((await api.call('GET', `/api/executions/${id}`)).json.error, {
    kind: 'runtime',
    message: 'main:2: no',
    line: 2,
    traceback: 'stack'
  })
})

t.test('a list is strictly newest first and without answers', async t => {
  const fn = await api.create()
  const ids = []
  for (let i = 0; i < 5; i++) ids.unshift(await record(fn, { responseJson: '{}' }))
  await record(await api.create())
  const { json } = await api.call('GET', `/api/functions/${fn}/executions?limit=3&offset=1`)
  t.same(
    json.executions.map(({ id }: { id: string }) => id),
    ids.slice(1, 4)
  )
  t.same(json.pagination, { total: 5, limit: 3, offset: 1 })
  t.ok(json.executions.every((execution: object) => !('response_json' in execution)))
})

t.test('an empty list is a list, that of no function is 404', async t => {
  t.same(
    (await api.call('GET', `/api/functions/${await api.create()}/executions`)).json.executions,
    []
  )
  t.match(await api.call('GET', '/api/functions/none/executions'), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('filters work alone and together', async t => {
  const fn = await api.create()
  await api.call('PUT', `/api/functions/${fn}`, { code: 'v2' })
  const plain = await record(fn)
  const failed = await record(fn, { status: 'error', errorMessage: 'Boom: 100%', createdAt: 2000 })
  const cron = await record(fn, {
    trigger: 'cron',
    createdAt: 3000,
    logs: [{ level: 'info', message: 'Needle here', createdAt: 3000 }]
  })
  const second = await record(fn, { versionId: `ver_${fn}_v2`, createdAt: 4000 })
  const list = async (query: string) =>
    (await api.call('GET', `/api/functions/${fn}/executions?${query}`)).json.executions.map(
      ({ id }: { id: string }) => id
    )
  t.same(await list('status=error'), [failed])
  t.same(await list('trigger=cron'), [cron])
  t.same(await list('version=2'), [second])
  t.same(await list('from=2000&to=3000'), [cron, failed])
  t.same(await list('text=needle'), [cron])
  t.same(await list(`text=${encodeURIComponent('100%')}`), [failed])
  t.same(await list('status=success&version=1&to=1500'), [plain])
  t.same(
    await list('status=&trigger=&version=&from=&to=&text='),
    [second, cron, failed, plain],
    'empty ones do not filter'
  )
})

t.test('a filter that makes no sense names itself', async t => {
  const fn = await api.create()
  const refusal = async (query: string) => {
    const { status, json } = await api.call('GET', `/api/functions/${fn}/executions?${query}`)
    return [status, json.error]
  }
  t.same(await refusal('status=odd'), [
    400,
    'status: status must be one of: [pending success error]'
  ])
  t.same(await refusal('version=0'), [
    400,
    'version: version must be a whole number from 1 to 9007199254740991'
  ])
  t.same(await refusal('from=yesterday'), [
    400,
    'from: from must be a whole number from 0 to 9007199254740991'
  ])
  t.same(await refusal('to=1.5'), [400, 'to: to must be a whole number from 0 to 9007199254740991'])
  t.same(await refusal(`text=${'x'.repeat(201)}`), [
    400,
    'text: text cannot be longer than 200 characters'
  ])
})

t.test('logs come with their execution, oldest first, page by page', async t => {
  const fn = await api.create()
  const id = await record(fn, {
    logs: Array.from({ length: 25 }, (_, i) => ({
      level: 'warn' as const,
      message: `line ${i + 1}`,
      createdAt: 1000
    }))
  })
  const { json } = await api.call('GET', `/api/executions/${id}/logs?limit=10&offset=20`)
  t.match(json, {
    id,
    function_id: fn,
    status: 'success',
    pagination: { total: 25, limit: 10, offset: 20 }
  })
  t.strictSame(json.logs[0], { level: 'warn', message: 'line 21', created_at: 1000 })
  t.equal(json.logs.length, 5)
})

t.test('AI and email requests are listed with the fields that apply', async t => {
  const { executions } = api.app.storage
  const fn = await api.create()
  const id = api.app.ids.next()
  const execution = {
    id,
    functionId: fn,
    versionId: `ver_${fn}_v1`,
    trigger: 'http',
    eventJson: '{}',
    createdAt: 1000
  }
  executions.begin(execution)
  executions.appendAiRequest({
    id: 'a1',
    executionId: id,
    provider: 'openai',
    model: 'm',
    endpoint: 'https://x/',
    requestJson: '{}',
    responseJson: '{}',
    status: 'success',
    errorMessage: undefined,
    inputTokens: 1,
    outputTokens: 2,
    durationMs: 5,
    createdAt: 1000
  })
  executions.appendEmailRequest({
    id: 'm1',
    executionId: id,
    from: 'a@x',
    to: ['"b, c" <b@x>', 'd@x'],
    subject: 's',
    hasText: true,
    hasHtml: false,
    requestJson: '',
    responseJson: undefined,
    status: 'error',
    errorMessage: 'no key',
    emailId: undefined,
    durationMs: 0,
    createdAt: 1000
  })
  await executions.finish({
    ...execution,
    status: 'success',
    durationMs: 9,
    errorMessage: undefined,
    fault: undefined,
    responseJson: undefined,
    logs: []
  })
  t.strictSame((await api.call('GET', `/api/executions/${id}/ai-requests`)).json, {
    ai_requests: [
      {
        id: 'a1',
        execution_id: id,
        provider: 'openai',
        model: 'm',
        endpoint: 'https://x/',
        request_json: '{}',
        response_json: '{}',
        status: 'success',
        input_tokens: 1,
        output_tokens: 2,
        duration_ms: 5,
        created_at: 1000
      }
    ],
    pagination: { total: 1, limit: 20, offset: 0 }
  })
  t.strictSame(
    (await api.call('GET', `/api/executions/${id}/email-requests`)).json.email_requests,
    [
      {
        id: 'm1',
        execution_id: id,
        from: 'a@x',
        to: ['"b, c" <b@x>', 'd@x'],
        subject: 's',
        has_text: true,
        has_html: false,
        request_json: '',
        status: 'error',
        error_message: 'no key',
        duration_ms: 0,
        created_at: 1000
      }
    ]
  )
})

t.test('HTTP requests are listed with the fields that apply', async t => {
  const { executions } = api.app.storage
  const fn = await api.create()
  const id = api.app.ids.next()
  const execution = {
    id,
    functionId: fn,
    versionId: `ver_${fn}_v1`,
    trigger: 'http',
    eventJson: '{}',
    createdAt: 1000
  }
  const common = {
    executionId: id,
    method: 'GET',
    url: 'https://x/',
    requestSize: 0,
    durationMs: 5,
    createdAt: 1000
  }
  executions.begin(execution)
  executions.appendHttpRequest({
    ...common,
    id: 'h1',
    status: 'success',
    statusCode: 404,
    errorMessage: undefined,
    responseSize: 9
  })
  executions.appendHttpRequest({
    ...common,
    id: 'h2',
    status: 'error',
    statusCode: undefined,
    errorMessage: 'no',
    responseSize: undefined
  })
  await executions.finish({
    ...execution,
    status: 'success',
    durationMs: 9,
    errorMessage: undefined,
    fault: undefined,
    responseJson: undefined,
    logs: []
  })
  const shown = {
    execution_id: id,
    method: 'GET',
    url: 'https://x/',
    request_size: 0,
    duration_ms: 5,
    created_at: 1000
  }
  t.strictSame((await api.call('GET', `/api/executions/${id}/http-requests`)).json, {
    http_requests: [
      { ...shown, id: 'h1', status: 'success', status_code: 404, response_size: 9 },
      { ...shown, id: 'h2', status: 'error', error_message: 'no' }
    ],
    pagination: { total: 2, limit: 20, offset: 0 },
    left_out: 0
  })
  t.match((await api.call('GET', `/api/executions/${id}/http-requests?limit=1&offset=1`)).json, {
    http_requests: [{ id: 'h2' }]
  })
})

t.test('an execution without requests has empty lists', async t => {
  const id = await record(await api.create())
  t.same((await api.call('GET', `/api/executions/${id}/http-requests`)).json.http_requests, [])
  t.same((await api.call('GET', `/api/executions/${id}/ai-requests`)).json.ai_requests, [])
  t.same((await api.call('GET', `/api/executions/${id}/email-requests`)).json.email_requests, [])
})

t.test('nothing is found of an execution that there is not', async t => {
  const { call } = api
  for (const tail of ['', '/logs', '/ai-requests', '/email-requests', '/http-requests']) {
    t.match(
      await call('GET', `/api/executions/none${tail}`),
      { status: 404, json: { error: 'Execution not found' } },
      tail
    )
  }
  t.match(await call('POST', '/api/executions/none/rerun'), {
    status: 404,
    json: { error: 'Execution not found' }
  })
})

t.test('failures are filtered by how they failed', async t => {
  const { executions } = api.app.storage
  const fn = await api.create()
  for (const kind of ['timeout', 'memory', 'timeout', 'runtime'] as const) {
    const execution = {
      id: api.app.ids.next(),
      functionId: fn,
      versionId: `ver_${fn}_v1`,
      trigger: 'http',
      eventJson: '{}',
      createdAt: 1000
    }
    await executions.finish({
      ...execution,
      status: 'error',
      durationMs: 9,
      errorMessage: kind,
      fault: { kind, message: kind },
      responseJson: undefined,
      logs: []
    })
  }
  const path = `/api/functions/${fn}/executions`
  const kinds = async (query: string) =>
    (await api.call('GET', `${path}?${query}`)).json.executions.map(
      ({ error }: { error: { kind: string } }) => error.kind
    )
  t.same(await kinds('error_kind=timeout'), ['timeout', 'timeout'])
  t.same(await kinds('error_kind=memory&status=error'), ['memory'])
  t.same(await kinds('error_kind=memory&status=success'), [])
  t.match((await api.call('GET', `${path}?error_kind=timeout&limit=1`)).json, {
    executions: { length: 1 },
    pagination: { total: 2 }
  })
  t.match(await api.call('GET', `${path}?error_kind=other`), {
    status: 400,
    json: { error: /^error_kind: error_kind must be one of/ }
  })
})
