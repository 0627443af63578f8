import t from 'tap'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { API_KEY, build } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'

const app = await build(t, { BODY_LIMIT: '4096' })
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as AddressInfo
const headers = { authorization: `Bearer ${API_KEY}` }

async function save(code: string, change?: object, server: FastifyInstance = app): Promise<string> {
  const { id } = (
    await server.inject({
      method: 'POST',
      url: '/api/functions',
      headers,
      payload: { name: 'f', code }
    })
  ).json<{ id: string }>()
  if (change !== undefined) {
    await server.inject({ method: 'PUT', url: `/api/functions/${id}`, headers, payload: change })
  }
  return id
}

/** Waits until a run of the function has set `begun`. */
const begun = (id: string) =>
  eventually(
    t,
    async () => (await app.inject({ url: `/api/functions/${id}/kv/begun`, headers })).body,
    'yes'
  )

const handler = (body: string) => `function handler(ctx, event)\n${body}\nend\n`

interface Reply {
  status: number | undefined
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** A request over a real socket, with nothing added but what Node must. */
async function send(
  path: string,
  options: http.RequestOptions = {},
  body?: string | Buffer
): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const request = http.request(
      { port, host: '127.0.0.1', path, agent: false, ...options },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks)
          })
        })
      }
    )
    request.on('error', reject)
    request.end(body)
  })
}

t.test(
  'a header is found in any case by event:header, while the table keeps canonical names only',
  async t => {
    const id = await save(
      handler(
        'return { body = tostring(event:header("x-MINE")) .. "," .. tostring(event.headers["X-Mine"]) .. "," .. tostring(event.headers["x-mine"]) }'
      )
    )
    const reply = await send(`/fn/${id}`, { headers: { 'x-mine': 'v' } })
    t.equal(reply.body.toString(), 'v,v,nil')
  }
)

t.test('a list as header value sends the header several times', async t => {
  const id = await save(
    handler('return { headers = { ["Set-Cookie"] = { "a=1", "b=2" }, ["X-One"] = "1" } }')
  )
  const reply = await send(`/fn/${id}`)
  t.same(reply.headers['set-cookie'], ['a=1', 'b=2'])
  t.equal(reply.headers['x-one'], '1')
})

t.test('a Base64 body is decoded when the handler says so', async t => {
  const id = await save(
    handler('return { body = base64.encode("\\0\\255x"), isBase64Encoded = true }')
  )
  t.same((await send(`/fn/${id}`)).body, Buffer.from([0, 255, 120]))
})

t.test(
  'a body of a GET request reaches the handler, and one past BODY_LIMIT is refused with its name',
  async t => {
    const id = await save(handler('return { body = event.body }'))
    t.equal(
      (
        await send(`/fn/${id}`, { method: 'GET', headers: { 'content-length': 5 } }, 'hello')
      ).body.toString(),
      'hello'
    )
    for (const method of ['GET', 'POST']) {
      const refused = await send(
        `/fn/${id}`,
        { method, headers: { 'content-length': 5000 } },
        Buffer.alloc(5000)
      )
      t.equal(refused.status, 413, method)
      t.match(refused.body.toString(), /BODY_LIMIT/, method)
    }
  }
)

t.test('any Content-Type is taken, a malformed one too', async t => {
  const id = await save(
    handler('return { body = tostring(event.headers["Content-Type"]) .. event.body }')
  )
  for (const type of ['a/b; c', ';;;', 'application/json', 'text/plain; charset="x']) {
    const reply = await send(
      `/fn/${id}`,
      { method: 'POST', headers: { 'content-type': type } },
      '{'
    )
    t.equal(reply.body.toString(), `${type}{`)
  }
})

t.test('HEAD runs the handler and answers without a body', async t => {
  const id = await save(
    handler('return { headers = { ["X-Method"] = event.method }, body = "four" }')
  )
  const reply = await send(`/fn/${id}`, { method: 'HEAD' })
  t.match(reply, { status: 200, headers: { 'x-method': 'HEAD' } })
  t.equal(reply.body.length, 0)
})

t.test('OPTIONS is answered without running anything', async t => {
  const id = await save(handler('return {}'))
  const reply = await send(`/fn/${id}/x`, { method: 'OPTIONS' })
  t.equal(reply.status, 204)
  t.equal(reply.headers['x-execution-id'], undefined)
})

t.test("headers that frame the message are the server's own", async t => {
  const id = await save(
    handler(
      'return { headers = { ["Content-Length"] = "1", ["Transfer-Encoding"] = "gzip", Connection = "upgrade" }, body = "whole" }'
    )
  )
  const reply = await send(`/fn/${id}`)
  t.equal(reply.body.toString(), 'whole')
  t.notMatch(reply.headers, { 'transfer-encoding': 'gzip' })
})

t.test(
  'a page of a function is sandboxed unless its settings allow one origin, beside a policy of its own',
  async t => {
    const html = '"<p>hi</p>"'
    const plain = await send(
      `/fn/${await save(handler(`return { headers = { ["Content-Type"] = "text/html" }, body = ${html} }`))}`
    )
    t.match(plain.headers['content-security-policy'], /^sandbox /)
    t.notMatch(plain.headers['content-security-policy'], /allow-same-origin/)
    const own = await send(
      `/fn/${await save(handler(`return { headers = { ["Content-Security-Policy"] = "default-src 'self'" }, body = ${html} }`))}`
    )
    t.match(own.headers['content-security-policy'], /^default-src 'self', sandbox /)
    const lifted = await send(
      `/fn/${await save(handler(`return { body = ${html} }`), { allow_same_origin: true })}`
    )
    t.equal(lifted.headers['content-security-policy'], undefined)
  }
)

t.test("a broken escape in the path is the caller's mistake", async t => {
  const id = await save(handler('return {}'))
  for (const path of [`/fn/${id}/%zz`, `/fn/${id}/%`, '/fn/%ff%zz']) {
    const { status } = await send(path)
    t.ok(status !== undefined && status >= 400 && status < 500, `${path}: ${status}`)
  }
})

t.test('a function that is deleted while it runs still answers', async t => {
  const id = await save(
    handler('kv.set("begun", "yes")\ntime.sleep(2000)\nreturn { body = "done" }')
  )
  const running = send(`/fn/${id}`)
  await begun(id)
  t.equal(
    (await app.inject({ method: 'DELETE', url: `/api/functions/${id}`, headers })).statusCode,
    204
  )
  const reply = await running
  t.equal(reply.status, 200)
  t.equal(reply.body.toString(), 'done')
})

t.test('a caller that hangs up leaves a finished record', async t => {
  const id = await save(handler('kv.set("begun", "yes")\ntime.sleep(2000)\nreturn {}'))
  const request = http.get({ port, host: '127.0.0.1', path: `/fn/${id}`, agent: false })
  const broken = once(request, 'error')
  await begun(id)
  request.destroy(new Error('hung up'))
  t.match(await broken, [{ message: 'hung up' }])
  const executions = async () =>
    (await app.inject({ url: `/api/functions/${id}/executions`, headers })).json<{
      executions: Array<{ status: string }>
    }>().executions
  await eventually(t, async () => (await executions()).map(({ status }) => status), ['success'])
})

t.test('with FUNCTIONS_HOST functions and dashboard answer apart', async t => {
  const apart = await build(t, {
    FUNCTIONS_HOST: 'fn.example.org',
    BASE_URL: 'https://example.org'
  })
  const id = await save(handler('return { body = router.url("/x") }'), undefined, apart)
  const ask = async (url: string, host: string) =>
    await apart.inject({ url, headers: { ...headers, host } })
  const answered = await ask(`/fn/${id}`, 'fn.example.org')
  t.equal(answered.statusCode, 200)
  t.equal(answered.body, `https://fn.example.org/fn/${id}/x`)
  t.equal((await ask(`/fn/${id}`, 'example.org')).statusCode, 404)
  for (const url of ['/', '/api/functions', '/docs', '/llms.txt']) {
    t.equal((await ask(url, 'fn.example.org')).statusCode, 404, url)
    t.equal((await ask(url, 'example.org')).statusCode, 200, url)
  }
})

t.test('with a port of their own functions answer there alone', async t => {
  const apart = await build(t, { FUNCTIONS_HOST: ':0' })
  await apart.listen({ port: 0, host: '127.0.0.1' })
  const id = await save(handler('return { body = "here" }'), undefined, apart)
  const functions = new URL(apart.functionsUrl().replace('localhost', '127.0.0.1'))
  const dashboard = (apart.server.address() as AddressInfo).port
  t.not(Number(functions.port), dashboard)
  t.equal(await (await fetch(new URL(`/fn/${id}`, functions))).text(), 'here')
  t.equal((await fetch(new URL('/api/functions', functions), { headers })).status, 404)
  t.equal((await fetch(`http://127.0.0.1:${dashboard}/fn/${id}`)).status, 404)
})
