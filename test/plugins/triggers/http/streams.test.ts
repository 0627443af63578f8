/** Answers that a function writes piece by piece: real sockets, real sandboxes. */
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { saveCode, startGate } from '../../../helpers/gate.js'
import { END, ended, headers, newest, start, streaming } from './stream-server.js'

t.test('status and headers leave before anything is written, and each text as it is', async t => {
  const gates = [await startGate(t), await startGate(t)] as const
  const { app, ask } = await start(t)
  const wait = (gate: number) => `http.get("http://127.0.0.1:${gates[gate]?.port}/")`
  const id = await saveCode(
    app,
    streaming(
      `${wait(0)} assert(write("one") == true) ${wait(1)} write("two\\255") write(3)`,
      'statusCode = 201, headers = { ["X-Own"] = { "a", "b" }, ["Content-Length"] = "5" },'
    )
  )
  const raw = await ask(id)
  const head = await raw.until(/\r\n\r\n/)
  t.match(head, /^HTTP\/1\.1 201 Created\r\n/)
  t.match(head, /\r\ntransfer-encoding: chunked\r\n/i)
  t.match(head, /\r\nx-own: a\r\nx-own: b\r\n/i)
  t.match(head, /\r\ncontent-type: text\/plain; charset=utf-8\r\n/i)
  for (const name of ['x-function-id', 'x-function-version-id', 'x-execution-id']) {
    t.match(head, new RegExp(`\\r\\n${name}: \\S+\\r\\n`, 'i'))
  }
  t.notMatch(head, /x-execution-duration-ms: |content-length/i)
  t.match(await newest(app, id), {
    status: 'pending',
    id: /x-execution-id: (\S+)/i.exec(head)?.[1]
  })
  gates[0].open()
  t.notMatch(await raw.until(/\r\n\r\n3\r\none\r\n/), /two/)
  gates[1].open()
  t.match(await raw.until(END), /\r\n4\r\ntwo\xff\r\n1\r\n3\r\n0\r\n\r\n$/)
  const execution = await ended(t, app, id)
  t.match(execution, { status: 'success', status_code: 201, response_size: 8 })
  t.ok(
    (execution.first_byte_ms ?? NaN) <= (execution.duration_ms ?? 0),
    'the first byte left before the end'
  )
  raw.send(`GET /fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await raw.until(text => text.split('HTTP/1.1 201').length === 3 && END.test(text))
})

t.test('what write takes, and how a stream ends', async t => {
  const { app, base } = await start(t, { RESPONSE_LIMIT: '1MiB' })
  const cases: Array<[what: string, code: string, body: string | undefined, record: object]> = [
    ['a number', streaming('write(1.5)'), '1.5', { status: 'success', response_size: 3 }],
    ['nothing at all', streaming(''), '', { status: 'success', response_size: 0 }],
    ['an empty text', streaming('write("") write("a")'), 'a', { status: 'success' }],
    ...(['nil', '{}', 'true', 'print'] as const).map((value): (typeof cases)[number] => [
      value,
      streaming(`write("a") write(${value})`),
      undefined,
      {
        status: 'error',
        error: { kind: 'runtime', message: /bad argument #1 to 'write' \(string expected, got / }
      }
    ]),
    [
      'no argument',
      streaming('write("a") write()'),
      undefined,
      { error: { message: /got no value/ } }
    ],
    [
      'a wrong type that is caught',
      streaming('local ok, why = pcall(write, {}) write(tostring(ok) .. why)'),
      "falsebad argument #1 to 'write' (string expected, got table)",
      { status: 'success' }
    ],
    [
      'one huge text',
      streaming('write(("x"):rep(1024 * 1024))'),
      'x'.repeat(1024 ** 2),
      { response_size: 1024 ** 2 }
    ],
    [
      'thousands of tiny texts',
      streaming('for i = 1, 20000 do write(i % 10) end'),
      Array.from({ length: 20_000 }, (_, i) => (i + 1) % 10).join(''),
      { response_size: 20_000 }
    ],
    [
      'more than RESPONSE_LIMIT',
      streaming('for i = 1, 17 do write(("x"):rep(65536)) end'),
      undefined,
      limit()
    ],
    ['that in one text', streaming('write("a") write(("x"):rep(1024 * 1024))'), undefined, limit()],
    [
      'that caught',
      streaming('write("a") pcall(write, ("x"):rep(1024 * 1024)) write("b")'),
      undefined,
      limit()
    ],
    [
      'a table as an error',
      streaming('write("a") error({ code = "gone", message = "no more" })'),
      undefined,
      { status: 'error', error: { kind: 'runtime', code: 'gone', message: 'no more' } }
    ],
    [
      'a yield of the body itself',
      streaming('write("a") coroutine.yield()'),
      undefined,
      { status: 'error', error: { message: /attempt to yield from outside a coroutine/ } }
    ],
    [
      'coroutines that write',
      streaming(
        'local step = coroutine.wrap(function() write("a") coroutine.yield() write("b") end) step() write("-") step()'
      ),
      'a-b',
      { status: 'success' }
    ],
    [
      'too much memory',
      streaming('write("a") local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end'),
      undefined,
      { status: 'error', error: { kind: 'memory' } }
    ],
    [
      'a body that is a library function',
      'function handler() return { body = print } end',
      '',
      { status: 'success' }
    ],
    ['a result of the body', streaming('write("a") return "b", 3'), 'a', { status: 'success' }],
    [
      'a status of an error',
      streaming('write("a")', 'statusCode = 404,'),
      'a',
      { status: 'error', status_code: 404 }
    ]
  ]
  for (const [what, code, body, record] of cases) {
    await t.test(what, async t => {
      const id = await saveCode(app, code)
      const answer = await fetch(`${base}/fn/${id}`)
      if (body === undefined) await t.rejects(answer.text(), 'the body breaks off')
      else t.equal(await answer.text(), body)
      t.match(await ended(t, app, id), record)
    })
  }
})

function limit() {
  return {
    status: 'error',
    error: {
      kind: 'limit',
      message: 'the body of the answer has more than 1048576 bytes (RESPONSE_LIMIT)'
    }
  }
}

t.test('what is wrong before the headers leave is an ordinary answer', async t => {
  const { app, base } = await start(t)
  for (const [fields, message] of [
    ['isBase64Encoded = true,', /isBase64Encoded is true, but the body is a function/],
    ['statusCode = 1000,', /statusCode is 1000/],
    ['headers = { ["X"] = "a\\nb" },', /header "X" of the answer has a line break/]
  ] as const) {
    const id = await saveCode(app, streaming('write("a")', fields))
    const answer = await fetch(`${base}/fn/${id}`)
    t.strictSame([answer.status, await answer.text()], [500, '{"error":"Internal server error"}\n'])
    t.ok(answer.headers.has('x-execution-duration-ms'))
    const execution = await ended(t, app, id)
    t.match(execution, { status: 'error', error: { kind: 'bad-answer', message } })
    t.equal(execution.first_byte_ms, undefined, 'nothing was streamed')
  }
})

t.test('where HTTP has no body, the function that writes it is not called', async t => {
  const { app, ask, base } = await start(t)
  const body = 'error("it was called")'
  for (const status of [204, 304]) {
    const id = await saveCode(app, streaming(body, `statusCode = ${status},`))
    const answer = await fetch(`${base}/fn/${id}`)
    t.strictSame([answer.status, await answer.text()], [status, ''])
    t.equal(answer.headers.get('content-type'), null)
    t.match(await ended(t, app, id), { status: 'success', status_code: status, response_size: 0 })
  }
  const id = await saveCode(app, streaming(body, 'headers = { ["Content-Type"] = "text/x" },'))
  const raw = await ask(id, 'HEAD')
  t.match(await raw.until(/\r\n\r\n$/), /^HTTP\/1\.1 200 OK\r\n[^]*content-type: text\/x\r\n/i)
  t.match(await ended(t, app, id), { status: 'success', status_code: 200 })
  raw.send(`HEAD /fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await raw.until(/(HTTP\/1\.1 200 OK\r\n[^]*){2}\r\n\r\n$/)
})

t.test('an error in the middle breaks the connection behind what was written', async t => {
  const { app, ask } = await start(t)
  const id = await saveCode(app, streaming('write("one") write("two") error("broken")'))
  const raw = await ask(id)
  t.match(await raw.closed, /\r\n3\r\none\r\n3\r\ntwo\r\n$/, 'without the end of the body')
  const execution = await ended(t, app, id)
  t.match(execution, {
    status: 'error',
    error: { kind: 'runtime', message: /broken/ },
    response_size: 6
  })
  t.equal(execution.status_code, undefined)
})

t.test('write is of no use once its answer has ended', async t => {
  const { app, base } = await start(t, { SANDBOX_MAX: '1' })
  const id = await saveCode(
    app,
    `kept = kept
    function handler(ctx, event)
      if event.query.again then return { body = tostring(kept) } end
      local inner = function(write) kept = write end
      return { body = function(write) inner(write) kept("x") end }
    end`
  )
  t.equal(await (await fetch(`${base}/fn/${id}`)).text(), 'x')
  t.equal(await (await fetch(`${base}/fn/${id}?again=1`)).text(), 'nil', 'nothing of a run is left')
})

t.test('the first bytes are kept with save_response, also of a stream that broke off', async t => {
  const { app, base } = await start(t)
  const kept = async (body: string) => {
    const id = await saveCode(app, streaming(body), { save_response: true })
    const answer = await fetch(`${base}/fn/${id}`)
    await answer.text().catch(() => {})
    const { response_json: json } = await ended(t, app, id)
    return JSON.parse(json ?? 'null') as { statusCode: number; body: string } | null
  }
  t.match(await kept('write("a") write("b")'), { statusCode: 200, body: 'ab' })
  t.match(await kept('write("a") error("x")'), { statusCode: 200, body: 'a' })
  t.match(await kept('for i = 1, 40 do write(("x"):rep(65536)) end'), {
    body: `${'x'.repeat(1024 ** 2)}\n[TRUNCATED - Response exceeded 1MB]`
  })
})

t.test('events reach a caller one by one, also through a body that wraps them', async t => {
  const { app, base } = await start(t)
  const id = await saveCode(
    app,
    `function handler(ctx, event)
      local answer = response.events(function(send)
        for i = 1, 3 do send({ event = "tick", data = { n = i } }) end
        send("two\\nlines")
      end)
      if event.query.wrap then
        local events = answer.body
        answer.body = function(write) events(function(text) return write(text:upper()) end) end
      end
      return answer
    end`
  )
  const answer = await fetch(`${base}/fn/${id}`)
  t.strictSame(
    ['content-type', 'cache-control', 'x-accel-buffering'].map(name => answer.headers.get(name)),
    ['text/event-stream', 'no-cache', 'no']
  )
  const text = await answer.text()
  t.equal(
    text,
    `${[1, 2, 3].map(n => `event: tick\ndata: {"n":${n}}\n\n`).join('')}data: two\ndata: lines\n\n`
  )
  t.equal(await (await fetch(`${base}/fn/${id}?wrap=1`)).text(), text.toUpperCase())
})

t.test('who cannot take a stream gets the body when it is complete', async t => {
  const { app, base } = await start(t, { RESPONSE_LIMIT: '1MiB' })
  const code = streaming(
    'if event.query.big then while true do write(("x"):rep(1000)) end end write(ctx.trigger .. " ") write("b\\255")',
    'statusCode = 201,'
  )
  const id = await saveCode(app, code, { save_response: true })
  const post = async (url: string, payload: object) =>
    (await app.inject({ method: 'POST', url, headers, payload })).json<Record<string, unknown>>()
  const draft = `/api/functions/${id}/draft`
  t.match(await post(draft, { code }), {
    status_code: 201,
    body_base64: Buffer.from('draft b\xff', 'latin1').toString('base64')
  })
  t.match(await post(draft, { code: streaming('write("a") write("b")') }), { body: 'ab' })
  t.match(await post(draft, { code: streaming('write("a") error("no")') }), {
    status_code: undefined,
    error: { kind: 'runtime' }
  })
  t.match(await post(draft, { code, event: { query: { big: '1' } } }), { error: { kind: 'limit' } })
  t.match(await post(draft, { code, event: { method: 'HEAD' } }), { status_code: 201, body: '' })

  await (await fetch(`${base}/fn/${id}`)).text()
  const { id: first } = await ended(t, app, id)
  t.match(await post(`/api/executions/${first}/rerun`, {}), { status: 'success', status_code: 201 })
  const again = await ended(t, app, id)
  t.match(again, { response_size: 8, status_code: 201 })
  t.equal((JSON.parse(again.response_json ?? '') as { body: string }).body, 'rerun b\ufffd')

  const caller = await saveCode(
    app,
    `function handler()
      local reply, err = functions.call("${id}", {})
      return { body = reply and reply.statusCode .. reply.body or err }
    end`
  )
  t.equal(await (await fetch(`${base}/fn/${caller}`)).text(), '201function b\ufffd')
})

t.test('hooks of plugins see a stream once, at its end', async t => {
  const { app, base } = await start(t)
  const seen: unknown[] = []
  app.invoker.addHook({
    name: 'test',
    after: ({ answer, fault, stream }) => {
      seen.push([answer?.statusCode, fault?.kind, stream?.size])
    }
  })
  app.invoker.onCall(({ outcome }) => {
    seen.push(outcome?.fault?.kind ?? outcome?.answer?.statusCode)
  })
  for (const body of ['write("abc")', 'write("a") error("x")']) {
    const id = await saveCode(app, streaming(body))
    await fetch(`${base}/fn/${id}`).then(answer => answer.text().catch(() => {}))
    await ended(t, app, id)
  }
  await eventually(t, () => seen.length, 4)
  t.strictSame(new Set(seen.map(String)), new Set(['200,,3', '200', ',runtime,1', 'runtime']))
})
