// Calling a function: what the handler sees and how its answer is mapped.
import { test, OK_CODE, bytes } from '../lib/dsl.mjs'

export const area = 'invoke'

const handler = body => `function handler(ctx, event)\n${body}\nend\n`

/** The handler returns this Lua table; `check(reply, t)` looks at the answer. */
function answer(name, options, luaTable, check) {
  return test(name, options, async t => {
    const fn = await t.create(handler(`  return ${luaTable}`))
    await check(await t.invoke(fn.id), t, fn)
  })
}

/** Each [sent path, relativePath] must hold; event.path has /fn/{id} in front. */
function paths(name, options, ...rows) {
  return test(name, options, async t => {
    const fn = await t.create(t.wrapLua('return event.relativePath, event.path'))
    for (const [sent, relative] of rows) {
      const r = await t.invoke(fn.id, { path: sent })
      t.eq(
        t.readLua(r.text),
        [relative, `/fn/${fn.id}${decodeURIComponent(sent)}`],
        `relativePath and path for "${sent}"`
      )
    }
  })
}

/** Each [query string, event.query] must hold. */
function queries(name, options, ...rows) {
  return test(name, options, async t => {
    const fn = await t.create(t.wrapLua('return event.query'))
    for (const [sent, seen] of rows) {
      t.eq(t.readLua((await t.invoke(fn.id, { query: sent })).text), [seen], `query of "${sent}"`)
    }
  })
}

export default [
  test('every-method-reaches-the-handler', { share: true }, async t => {
    const fn = await t.create(t.wrapLua('return event.method, event.body'))
    for (const [verb, body] of [
      ['GET'],
      ['POST', 'posted'],
      ['PUT', 'put'],
      ['DELETE'],
      ['PATCH', 'patched']
    ]) {
      const r = await t.invoke(fn.id, { method: verb, body })
      t.eq([r.status, t.readLua(r.text)], [200, [verb, body ?? '']], verb)
    }
  }),
  paths('path-of-a-bare-call-is-slash', { share: true }, ['', '/'], ['/', '/']),
  paths(
    'path-below-the-function',
    { share: true },
    ['/users/42', '/users/42'],
    ['/users/', '/users/']
  ),
  queries('query', { share: true }, ['?a=1&b=two', { a: '1', b: 'two' }], ['', {}]),
  queries('query-repeated-key-gives-first-value', { share: true }, ['?a=1&a=2', { a: '1' }]),
  test('header-names-are-canonical', { share: true }, async t => {
    const fn = await t.create(
      t.wrapLua(
        'local h = event.headers return h["X-Custom-Thing"], h["Content-Type"], h["Accept-Language"], h["x-custom-thing"]'
      )
    )
    const r = await t.invoke(fn.id, {
      method: 'POST',
      headers: { 'x-custom-thing': 'v', 'CONTENT-TYPE': 'text/x', 'accept-language': 'pt' },
      body: 'b'
    })
    t.eq(t.readLua(r.text), ['v', 'text/x', 'pt'], 'headers')
  }),
  test('body-utf8-arrives-as-bytes', { share: true }, async t => {
    const fn = await t.create(t.wrapLua('return event.body, #event.body'))
    t.eq(
      t.readLua((await t.invoke(fn.id, { method: 'POST', body: 'héé漢' })).text),
      ['héé漢', 8],
      'body'
    )
    t.eq(t.readLua((await t.invoke(fn.id, { method: 'POST' })).text), ['', 0], 'absent body')
  }),
  test('body-binary-arrives-unchanged', { share: true }, async t => {
    const fn = await t.create(t.wrapLua('return event.body, #event.body'))
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    t.eq(
      t.readLua((await t.invoke(fn.id, { method: 'POST', body: all })).text),
      [bytes(all.toString('hex')), 256],
      'body'
    )
  }),
  test('ctx-fields', { share: true }, async t => {
    const fn = await t.create(t.wrapLua('return ctx'))
    const r = await t.invoke(fn.id)
    const [ctx] = t.readLua(r.text)
    t.eq([ctx.executionId, ctx.functionId, ctx.version], [r.execId, fn.id, '1'], 'ids and version')
    t.between(
      ctx.startedAt,
      Math.floor(Date.now() / 1000) - 10,
      Math.floor(Date.now() / 1000) + 2,
      'startedAt'
    )
    t.match(ctx.baseUrl, /^https?:\/\/[^/]+/, 'baseUrl')
  }),
  test('answer-headers', { share: true }, async t => {
    const fn = await t.create(OK_CODE)
    const r = await t.invoke(fn.id)
    t.eq(r.headers['x-function-id'], fn.id, 'X-Function-Id')
    t.eq(r.headers['x-function-version-id'], fn.active_version.id, 'X-Function-Version-Id')
    t.match(r.headers['x-execution-id'], /^[A-Za-z0-9_-]+$/, 'X-Execution-Id')
    t.match(r.headers['x-execution-duration-ms'], /^\d+$/, 'X-Execution-Duration-Ms')
  }),
  answer(
    'answer-full',
    { share: true },
    '{ statusCode = 201, headers = { ["Content-Type"] = "text/plain", ["X-Extra"] = "yes" }, body = "made" }',
    (r, t) => {
      t.eq(
        [r.status, r.headers['content-type'], r.headers['x-extra'], r.text],
        [201, 'text/plain', 'yes', 'made'],
        'answer'
      )
    }
  ),
  answer('answer-empty-table', { share: true }, '{}', (r, t) =>
    t.eq([r.status, r.text], [200, ''], 'answer')
  ),
  answer('answer-content-type-defaults-to-json', { share: true }, '{ body = "{}" }', (r, t) =>
    t.match(r.headers['content-type'], /^application\/json/, 'content-type')
  ),
  answer(
    'answer-body-binary',
    { share: true },
    '{ headers = { ["Content-Type"] = "application/octet-stream" }, body = "\\0\\1\\127\\128\\254\\255" }',
    (r, t) => t.eq(r.buf.toString('hex'), '00017f80feff', 'bytes')
  ),
  answer(
    'answer-204-has-no-body',
    { share: true },
    '{ statusCode = 204, body = "ignored" }',
    (r, t) => t.eq([r.status, r.text], [204, ''], 'answer')
  ),
  test('missing-function', { share: true }, async t => {
    const r = await t.invoke('nosuchfunction')
    t.eq([r.status, r.json], [404, { error: 'Function not found' }], 'answer')
    t.eq(r.execId, undefined, 'X-Execution-Id')
  }),
  test('disabled-function', { share: true }, async t => {
    const fn = await t.create(OK_CODE, { disabled: true })
    const r = await t.invoke(fn.id)
    t.eq([r.status, r.json], [403, { error: 'Function is disabled' }], 'answer')
    await t.update(fn.id, { disabled: false })
    t.eq((await t.invoke(fn.id)).status, 200, 'status once enabled')
  }),
  test('crash-hides-details-from-the-caller', { share: true }, async t => {
    const fn = await t.create(handler('  error("private detail")'))
    const r = await t.invoke(fn.id)
    t.eq([r.status, r.json], [500, { error: 'Function execution failed' }], 'answer')
    t.eq(r.headers['x-function-id'], fn.id, 'X-Function-Id')
    t.isText(r.headers['x-execution-id'], 'X-Execution-Id')
    t.isText(r.headers['x-function-version-id'], 'X-Function-Version-Id')
  }),
  test('handler-returns-no-table', { share: true }, async t => {
    for (const ret of ['"text"', '42', 'nil', 'true']) {
      const r = await t.invokeAndRead((await t.create(handler(`  return ${ret}`))).id)
      t.eq([r.status, r.execution.status], [500, 'error'], `answer for ${ret}`)
      t.match(r.execution.error_message, /table/, 'error_message')
    }
  }),
  test('timeout-ends-a-busy-loop', { share: true, lane: 'slow' }, async t => {
    const fn = await t.create(handler('  while true do end'))
    const started = Date.now()
    const r = await t.invokeAndRead(fn.id)
    t.eq(
      [r.status, r.json, r.execution.status],
      [500, { error: 'Function execution failed' }, 'error'],
      'answer'
    )
    t.between(
      Date.now() - started,
      t.execTimeoutS * 1000 - 500,
      t.execTimeoutS * 1000 + 6000,
      'milliseconds'
    )
    t.isText(r.execution.error_message, 'error_message')
  })
]
