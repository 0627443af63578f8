/** `functions.call`: functions that run other functions of the same server. */
import t, { type Test } from 'tap'
import type { AddressInfo } from 'node:net'
import { buildApi, type Api } from '../../../helpers/api.js'
import { eventually } from '../../../helpers/eventually.js'

const start = async (t: Test, settings: Record<string, string> = {}): Promise<Api> =>
  await buildApi(t, { SANDBOX_MAX: '12', ...settings })

const handler = (body: string): string => `function handler(ctx, event)\n${body}\nend\n`

/** What the function answers, as JSON. */
async function answerOf({ call }: Api, id: string): Promise<Record<string, unknown>> {
  const { status, json, text } = await call('GET', `/fn/${id}`)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return json
}

/** Calls `target` and answers what came of it. */
const calling = (target: string, request = '{}'): string =>
  handler(`  local reply, err = functions.call("${target}", ${request})
  return { headers = { ["Content-Type"] = "application/json" },
    body = json.encode({ reply = reply, err = err }) }`)

const executionsOf = async ({ call }: Api, id: string) =>
  (await call('GET', `/api/functions/${id}/executions`)).json.executions

t.test('a function runs another one by id or slug and gets its response', async t => {
  const api = await start(t)
  const inner = await api.create({
    slug: 'inner',
    code: handler(`  return { statusCode = 207,
    headers = { ["x-one"] = "1", ["Set-Cookie"] = { "a=1", "b=2" } },
    body = json.encode({ method = event.method, path = event.path, relative = event.relativePath,
      query = event.query, all = event.queryAll, header = event:header("x-given"), body = event.body,
      trigger = ctx.trigger, caller = ctx.caller, id = ctx.functionId, execution = ctx.executionId,
      parent = event:header("x-moonlet-caller-execution-id"), forged = event:header("x-trigger") }) }`)
  })
  const request = `{ method = "put", path = "/a b/c", query = { tag = { "x", "y" }, n = 3 },
    headers = { ["x-given"] = "yes", ["X-Trigger"] = "cron" }, body = "\\0\\255 bytes" }`
  for (const target of [inner, 'inner']) {
    const outer = await api.create({ name: 'outer', code: calling(target, request) })
    const { json } = await api.call('GET', `/fn/${outer}`)
    const { reply, err } = json
    t.equal(err, undefined)
    t.equal(reply.statusCode, 207)
    t.equal(reply.error, undefined)
    t.equal(reply.headers['X-One'], '1')
    t.same(reply.headersAll['Set-Cookie'], ['a=1', 'b=2'])
    const seen = JSON.parse(reply.body)
    t.match(seen, {
      method: 'PUT',
      path: `/fn/${inner}/a b/c`,
      relative: '/a b/c',
      query: { tag: 'x', n: '3' },
      all: { tag: ['x', 'y'] },
      header: 'yes',
      trigger: 'function',
      caller: { kind: 'function', name: 'outer' },
      id: inner,
      execution: reply.executionId
    })
    t.equal(seen.forged, undefined, 'what only the server says is not taken from a function')
    const [execution] = await executionsOf(api, inner)
    t.match(execution, { id: reply.executionId, trigger: 'function', status_code: 207 })
    t.equal(seen.parent, (await executionsOf(api, outer))[0].id)
  }
})

t.test('without a request it is an empty POST to /', async t => {
  const api = await start(t)
  const inner = await api.create({
    code: handler('  return { body = event.method .. event.relativePath .. #event.body }')
  })
  const outer = await api.create({
    code: handler(`  return { body = functions.call("${inner}").body }`)
  })
  t.equal((await api.call('GET', `/fn/${outer}`)).text, 'POST/0')
})

t.test('access rules and rate limits are not asked', async t => {
  const api = await start(t)
  const doors = [
    { access: { mode: 'internal' } },
    { access: { mode: 'key' } },
    { access: { mode: 'signature', preset: 'github', secret: 'NONE' } },
    { rate_limit: { requests: 1, seconds: 3600, by: 'function' } }
  ]
  for (const door of doors) {
    const inner = await api.create(door)
    const outer = await api.create({ code: calling(inner) })
    for (let i = 0; i < 2; i++) {
      t.match(await answerOf(api, outer), { reply: { statusCode: 200, body: 'ok' } })
    }
  }
})

t.test('a function that fails gives 500, the body of callers by HTTP, and the reason', async t => {
  const api = await start(t)
  const cases = [
    ['  error("broken")', '{"error":"Function execution failed"}\n', /broken/],
    [
      '  error({ code = "gone", message = "no such order" })',
      '{"error":"Function execution failed","code":"gone","message":"no such order"}\n',
      /no such order/
    ],
    ['  return "no table"', '{"error":"Function execution failed"}\n', /table/]
  ] as const
  for (const [code, body, error] of cases) {
    const inner = await api.create({ code: handler(code) })
    const outer = await api.create({ code: calling(inner) })
    const answer = await answerOf(api, outer)
    t.match(answer, { reply: { statusCode: 500, body, error } })
    t.match((await executionsOf(api, inner))[0], { status: 'error', trigger: 'function' })
    t.match((await executionsOf(api, outer))[0], { status: 'success' })
  }
})

t.test('what cannot be called gives nil and words', async t => {
  const api = await start(t)
  const disabled = await api.create({ slug: 'off' })
  await api.call('PUT', `/api/functions/${disabled}`, { disabled: true })
  for (const [target, words] of [
    ['nobody', "no function has the slug or id 'nobody'"],
    ['', "no function has the slug or id ''"],
    [disabled, `the function '${disabled}' is disabled`],
    ['off', "the function 'off' is disabled"]
  ]) {
    const outer = await api.create({ code: calling(String(target)) })
    t.same(await answerOf(api, outer), { err: words })
  }
  t.equal((await executionsOf(api, disabled)).length, 0)
})

t.test('wrong arguments raise and run nothing', async t => {
  const api = await start(t)
  const inner = await api.create()
  for (const [args, words] of [
    ['', /bad argument #1 to 'functions.call'.*string expected/],
    ['{}', /bad argument #1/],
    [`"${inner}", "body"`, /bad argument #2.*table expected/],
    [`"${inner}", { method = "GET /" }`, /'GET \/' is no method/],
    [`"${inner}", { method = "" }`, /is no method/],
    [`"${inner}", { path = "/a?b=1" }`, /path has no query/],
    [`"${inner}", { path = {} }`, /field 'path'/]
  ] as const) {
    const outer = await api.create({
      code: handler(`  return { body = select(2, pcall(functions.call, ${args || 'nil'})) }`)
    })
    t.match((await api.call('GET', `/fn/${outer}`)).text, words, args)
  }
  t.equal((await executionsOf(api, inner)).length, 0)
})

t.test('calls go eight deep, and a ninth gives nil and words', async t => {
  const api = await start(t)
  const id = await api.create({
    slug: 'deeper',
    code: handler(`  local reply, err = functions.call("deeper")
  return { body = "> " .. (reply and reply.body or err) }`)
  })
  const { text } = await api.call('GET', `/fn/${id}`)
  t.equal(text, `${'> '.repeat(9)}Functions call each other more than 8 deep; this call is refused`)
  t.equal((await executionsOf(api, id)).length, 9)
})

t.test('calls by HTTP and without it count together', async t => {
  const api = await start(t, { HTTP_ALLOW_PRIVATE: 'true' })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`
  const id = await api.create({
    slug: 'turns',
    code: handler(`  local depth = tonumber(event.query.depth or "0")
  local reply, err
  if depth % 2 == 0 then
    reply, err = functions.call("turns", { query = { depth = depth + 1 } })
  else
    reply, err = http.get("${base}/fn/turns?depth=" .. math.floor(depth + 1))
  end
  return { body = "> " .. (reply and reply.body or err) }`)
  })
  t.equal(
    (await api.call('GET', `/fn/${id}`)).text,
    `${'> '.repeat(9)}Functions call each other more than 8 deep; this call is refused`
  )
})

t.test('max_concurrency of the called function holds, and its place is given back', async t => {
  const api = await start(t)
  const inner = await api.create({
    slug: 'alone',
    max_concurrency: 1,
    code: handler(`  local reply, err = functions.call("alone")
  return { body = reply and "twice" or err }`)
  })
  const outer = await api.create({ code: calling(inner) })
  for (let i = 0; i < 3; i++) {
    t.match(await answerOf(api, outer), { reply: { body: /max_concurrency/ } })
  }
})

t.test('a called run ends with the run that called it', async t => {
  const api = await start(t)
  const inner = await api.create({ slug: 'endless', code: handler('  while true do end') })
  const outer = await api.create({ timeout_seconds: 1, code: calling('endless') })
  t.equal((await api.call('GET', `/fn/${outer}`)).status, 500)
  await eventually(
    t,
    async () => (await executionsOf(api, inner))[0]?.status as unknown,
    'error',
    'the called run has ended'
  )
  const [{ id }] = await executionsOf(api, inner)
  const { json } = await api.call('GET', `/api/executions/${id}`)
  t.match(json.error_message, /the run that called this function ended/)
})

t.test('with one sandbox a call is refused at once, in words, and runs work on', async t => {
  const api = await start(t, { SANDBOX_MAX: '1', EXECUTION_TIMEOUT: '60' })
  const inner = await api.create()
  const outer = await api.create({ code: calling(inner) })
  for (let i = 0; i < 3; i++) {
    t.match(await answerOf(api, outer), { err: /No sandbox can become free.*SANDBOX_MAX is 1/ })
  }
  t.equal((await api.call('GET', `/fn/${inner}`)).text, 'ok')
  t.equal((await executionsOf(api, inner)).length, 1, 'the refused calls left no record')
})

t.test(
  'when all sandboxes wait for each other, calls are refused until the others go on',
  async t => {
    const api = await start(t, { SANDBOX_MAX: '4', EXECUTION_TIMEOUT: '60' })
    const leaf = await api.create()
    const middle = await api.create({ code: calling(leaf) })
    const outer = await api.create({ code: calling(middle) })
    const answers = await Promise.all(Array.from({ length: 24 }, () => answerOf(api, outer)))
    for (const { reply, err } of answers) {
      if (err !== undefined) t.match(err, /No sandbox can become free/)
      else t.equal((reply as { statusCode: number }).statusCode, 200)
    }
    t.equal((await api.call('GET', `/fn/${outer}`)).status, 200)
  }
)

t.test('a function that calls itself is refused while others have the last sandbox', async t => {
  const api = await start(t, { SANDBOX_MAX: '4', EXECUTION_TIMEOUT: '60' })
  const id = await api.create({
    slug: 'again',
    code: handler(`  local reply, err = functions.call("again")
  return { body = "> " .. (reply and reply.body or err) }`)
  })
  t.match((await api.call('GET', `/fn/${id}`)).text, /^(> )+No sandbox can become free/)
})

t.test('a draft can call, and what it calls has a record', async t => {
  const api = await start(t)
  const inner = await api.create()
  const id = await api.create()
  const { json } = await api.call('POST', `/api/functions/${id}/draft`, {
    code: calling(inner),
    event: { method: 'GET', path: '/' }
  })
  t.match(JSON.parse(json.body), { reply: { body: 'ok' } })
  t.equal((await executionsOf(api, inner)).length, 1)
})
