// Execution records: shape, status, stored event and response, masking, logs.
import { test, OK_CODE } from '../lib/dsl.mjs'

export const area = 'api-executions'

const handler = body => `function handler(ctx, event)\n${body}\nend\n`
const ECHO = handler('  return { statusCode = 200, body = event.body }')
const REDACTED = '[REDACTED]'

/** Invokes a fresh echo function and returns its stored event, decoded. */
async function storedEvent(t, request) {
  const fn = await t.create(ECHO)
  const r = await t.invokeAndRead(fn.id, request)
  t.eq(r.status, 200, 'status')
  return { fn, reply: r, event: JSON.parse(r.execution.event_json) }
}

export default [
  test('record-after-success', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const before = Math.floor(Date.now() / 1000)
    const { execId } = await t.invoke(fn.id)
    const e = await t.execution(execId)
    t.eq([e.id, e.function_id, e.function_version_id], [execId, fn.id, fn.active_version.id], 'ids')
    t.eq(
      [e.status, e.trigger, e.error_message ?? null],
      ['success', 'http', null],
      'status, trigger, error_message'
    )
    t.isInt(e.duration_ms, 'duration_ms')
    t.between(e.created_at, before - 2, before + 10, 'created_at')
  }),
  test('status-of-answers-below-400', { share: true }, async t => {
    for (const code of [200, 204, 302, 399]) {
      const fn = await t.create(handler(`  return { statusCode = ${code} }`))
      t.eq((await t.invokeAndRead(fn.id)).execution.status, 'success', `status for ${code}`)
    }
  }),
  test('status-of-answers-from-400', { share: true }, async t => {
    for (const code of [400, 404, 500, 503]) {
      const fn = await t.create(handler(`  return { statusCode = ${code}, body = "no" }`))
      const r = await t.invokeAndRead(fn.id)
      t.eq(
        [r.status, r.execution.status, r.execution.error_message ?? null],
        [code, 'error', null],
        `record for ${code}`
      )
    }
  }),
  test('record-after-a-crash', { share: true }, async t => {
    const fn = await t.create(handler('  error("kaput")'))
    const r = await t.invokeAndRead(fn.id)
    t.eq([r.status, r.execution.status], [500, 'error'], 'status')
    t.contains(r.execution.error_message, 'kaput', 'error_message')
    t.isInt(r.execution.duration_ms, 'duration_ms')
    t.isText(r.execution.event_json, 'event_json')
  }),
  test('list-shape', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const { execId } = await t.invoke(fn.id)
    const r = await t.must('GET', `/api/functions/${fn.id}/executions`)
    t.eq(r.pagination, { total: 1, limit: 20, offset: 0 }, 'pagination')
    const [e] = r.executions
    t.eq([e.id, e.function_id, e.status, e.trigger], [execId, fn.id, 'success', 'http'], 'row')
    t.isText(e.event_json, 'event_json')
  }),
  test('list-newest-first', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const ids = []
    for (let i = 0; i < 3; i++) {
      if (i) await t.sleep(1100)
      ids.push((await t.invoke(fn.id)).execId)
    }
    t.eq(
      (await t.must('GET', `/api/functions/${fn.id}/executions`)).executions.map(e => e.id),
      ids.reverse(),
      'ids'
    )
  }),
  test('missing-execution-is-404', { share: true }, async t => {
    for (const tail of ['', '/logs', '/ai-requests', '/email-requests']) {
      const r = await t.api('GET', `/api/executions/nosuchexecution${tail}`)
      t.eq(
        [r.status, r.json],
        [404, { error: 'Execution not found' }],
        `answer for ${tail || 'record'}`
      )
    }
  }),
  test('event-json-holds-the-request', { share: true }, async t => {
    const { fn, event } = await storedEvent(t, {
      method: 'POST',
      path: '/a/b',
      query: '?x=1&y=two',
      headers: { 'X-Note': 'n', 'Content-Type': 'text/plain' },
      body: 'hello'
    })
    t.eq(
      [event.method, event.path, event.relativePath, event.body],
      ['POST', `/fn/${fn.id}/a/b`, '/a/b', 'hello'],
      'fields'
    )
    t.eq(event.query, { x: '1', y: 'two' }, 'query')
    t.eq([event.headers['X-Note'], event.headers['Content-Type']], ['n', 'text/plain'], 'headers')
  }),
  test('event-json-masks-credential-headers', { share: true }, async t => {
    const { event } = await storedEvent(t, {
      headers: {
        Authorization: 'Bearer abc',
        Cookie: 'a=b',
        'X-Api-Key': 'k1',
        'X-Auth-Token': 't1',
        'X-Plain': 'p'
      }
    })
    const h = event.headers
    t.eq(
      [h.Authorization, h.Cookie, h['X-Api-Key'], h['X-Auth-Token']],
      [REDACTED, REDACTED, REDACTED, REDACTED],
      'masked'
    )
    t.eq(h['X-Plain'], 'p', 'other header')
  }),
  test('event-json-masks-query-parameters', { share: true }, async t => {
    const { event } = await storedEvent(t, {
      query: '?api_key=1&apikey=2&access_token=3&token=4&secret=5&password=6&auth=7&page=2&limit=9'
    })
    t.eq(
      event.query,
      {
        api_key: REDACTED,
        apikey: REDACTED,
        access_token: REDACTED,
        token: REDACTED,
        secret: REDACTED,
        password: REDACTED,
        auth: REDACTED,
        page: '2',
        limit: '9'
      },
      'query'
    )
  }),
  test('event-json-masks-json-body-fields', { share: true }, async t => {
    const { event } = await storedEvent(t, {
      method: 'POST',
      body: JSON.stringify({ user: 'ann', password: 'p', api_key: 'k', email: 'a@b' })
    })
    t.eq(
      JSON.parse(event.body),
      { user: 'ann', password: REDACTED, api_key: REDACTED, email: 'a@b' },
      'body'
    )
  }),
  test('the-function-itself-sees-everything', { share: true }, async t => {
    const fn = await t.create(
      t.wrapLua('return event.headers["Authorization"], event.query.token, event.body')
    )
    const r = await t.invoke(fn.id, {
      method: 'POST',
      query: '?token=tt',
      headers: { Authorization: 'Bearer zz' },
      body: '{"password":"pp"}'
    })
    t.eq(t.readLua(r.text), ['Bearer zz', 'tt', '{"password":"pp"}'], 'seen by Lua')
  }),

  test('response-not-saved-by-default', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    t.eq((await t.invokeAndRead(fn.id)).execution.response_json ?? null, null, 'response_json')
  }),
  test('response-saved-on-request', { share: true }, async t => {
    const fn = await t.create(
      handler('  return { statusCode = 201, headers = { ["X-A"] = "1" }, body = "made" }'),
      { save_response: true }
    )
    const e = (await t.invokeAndRead(fn.id)).execution
    t.eq(
      JSON.parse(e.response_json),
      { statusCode: 201, headers: { 'X-A': '1' }, body: 'made', isBase64Encoded: false },
      'response_json'
    )
  }),
  test('logs-shape', { share: true }, async t => {
    const fn = await t.create(handler('  log.info("one")\n  log.error("two")\n  return {}'))
    const { execId } = await t.invoke(fn.id)
    const r = await t.must('GET', `/api/executions/${execId}/logs`)
    t.eq([r.id, r.function_id, r.status], [execId, fn.id, 'success'], 'execution fields')
    t.eq(
      r.logs.map(l => [l.level, l.message]),
      [
        ['info', 'one'],
        ['error', 'two']
      ],
      'logs'
    )
    t.isInt(r.logs[0].created_at, 'created_at')
    t.eq(r.pagination, { total: 2, limit: 20, offset: 0 }, 'pagination')
  }),
  test('logs-page', { share: true }, async t => {
    const fn = await t.create(handler('  for i = 1, 25 do log.info("line " .. i) end\n  return {}'))
    const { execId } = await t.invoke(fn.id)
    const first = await t.must('GET', `/api/executions/${execId}/logs`)
    t.eq([first.logs.length, first.pagination.total], [20, 25], 'default page')
    const rest = await t.must('GET', `/api/executions/${execId}/logs?limit=10&offset=20`)
    t.eq(
      rest.logs.map(l => l.message),
      [21, 22, 23, 24, 25].map(n => `line ${n}`),
      'last page'
    )
    t.eq(rest.pagination, { total: 25, limit: 10, offset: 20 }, 'pagination')
  })
]
