import t from 'tap'
import { httpModule } from '../../../../plugins/lua/http/module.js'
import type { HttpRequestRecord } from '../../../../core/contracts/records.js'
import { createIdSource } from '../../../../core/base/ids.js'
import { LuaFailure } from '../../../../core/lua/errors.js'
import { hostCall } from '../../../helpers/host-call.js'
import { client, readBody, serve } from '../../outgoing-http/serve.js'

type Awaitable<T> = T | Promise<T>

/** The module's functions against a server that tells what it received. */
async function mirror(t: Parameters<typeof serve>[0]) {
  const { url } = await serve(t, async (request, response) => {
    response.setHeader('x-seen', request.headers['x-in'] ?? '')
    response.end(Buffer.from([request.method, request.url, await readBody(request)].join(' ')))
  })
  const { request, close } = client(t)
  const records: HttpRequestRecord[] = []
  const { functions } = httpModule(
    { request: ({ url, ...rest }) => request(url, rest), close },
    {
      ids: createIdSource(),
      append: record => {
        records.push(record)
      }
    }
  )
  return { url, functions, records }
}

t.test('each function sends its method', async t => {
  const { url, functions } = await mirror(t)
  const text = async (reply: Awaitable<{ body: Uint8Array }>) =>
    Buffer.from((await reply).body).toString()
  const options = { headers: undefined, query: undefined, body: Buffer.from('b') }
  t.equal(await text(functions.get.run(hostCall(), `${url}/x`, undefined)), 'GET /x ')
  t.equal(await text(functions.delete.run(hostCall(), `${url}/x`, undefined)), 'DELETE /x ')
  t.equal(await text(functions.head.run(hostCall(), `${url}/x`, undefined)), '')
  t.equal(await text(functions.post.run(hostCall(), `${url}/x`, options)), 'POST /x b')
  t.equal(await text(functions.put.run(hostCall(), `${url}/x`, options)), 'PUT /x b')
  t.equal(await text(functions.patch.run(hostCall(), `${url}/x`, options)), 'PATCH /x b')
  t.equal(
    await text(functions.request.run(hostCall(), 'PROPFIND', `${url}/x`, options)),
    'PROPFIND /x b'
  )
})

t.test('every value of a header is received, and lists are sent', async t => {
  const { url } = await serve(t, (request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.end(JSON.stringify(request.rawHeaders.filter((_, i, all) => all[i - 1] === 'X-In')))
  })
  const { request, close } = client(t)
  const { functions } = httpModule(
    { request: ({ url, ...rest }) => request(url, rest), close },
    { ids: createIdSource(), append() {} }
  )
  const headers = { 'X-In': [Buffer.from('1'), 2, {}], 'X-None': [] }
  const reply = await functions.get.run(hostCall(), url, { headers, query: undefined })
  t.equal(Buffer.from(reply.body).toString(), '["1","2",""]')
  t.same(reply.headersAll['Set-Cookie']?.map(String), ['a=1', 'b=2'])
  t.equal(String(reply.headers['Set-Cookie']), 'a=1')
})

t.test('a batch sends its requests at once, and gives replies in their order', async t => {
  const waiting: Array<() => void> = []
  const { url } = await serve(t, (request, response) => {
    waiting.push(() => response.end(request.url))
    // Nobody is answered before all have asked, and the last is answered first.
    if (waiting.length === 3) for (const answer of waiting.reverse()) answer()
  })
  const { request, close } = client(t)
  const records: HttpRequestRecord[] = []
  const { functions } = httpModule(
    { request: ({ url, ...rest }) => request(url, rest), close },
    { ids: createIdSource(), append: record => records.push(record) }
  )
  let counted = 0
  const call = hostCall({
    count(calls) {
      counted += calls
    }
  })
  const plain = { method: undefined, headers: undefined, query: undefined, body: undefined }
  const replies = await functions.batch.run(call, [
    { ...plain, url: `${url}/1` },
    { ...plain, url: 'ftp://x' },
    { ...plain, url: `${url}/2`, method: 'POST', body: Buffer.from('b') },
    { ...plain, url: `${url}/3`, query: { q: 'v' } }
  ])
  t.same(
    replies.map(({ statusCode, body }) => [statusCode, body && Buffer.from(body).toString()]),
    [
      [200, '/1'],
      [undefined, undefined],
      [200, '/2'],
      [200, '/3?q=v']
    ]
  )
  t.match(replies[1]?.error, /ftp|http/)
  t.equal(records.length, 4, 'each has its record')
  t.equal(counted, 3, 'each counts as a call')
  t.same(await functions.batch.run(call, []), [])
  await t.rejects(
    async () => await functions.batch.run(call, new Array(21).fill({ ...plain, url })),
    /at most 20 requests, got 21/
  )
})

t.test('numbers are sent with all their digits', async t => {
  const { url, functions } = await mirror(t)
  const options = {
    headers: { 'X-In': 2 ** 62 },
    query: { id: 2 ** 62, part: 0.1 },
    body: -(2 ** 63)
  }
  const reply = await functions.post.run(hostCall(), url, options)
  t.equal(
    Buffer.from(reply.body).toString(),
    'POST /?id=4611686018427387904&part=0.1 -9223372036854775808'
  )
  t.same(reply.headers['X-Seen'], Buffer.from('4611686018427387904'))
})

t.test('values that are no text are sent as an empty text', async t => {
  const { url, functions } = await mirror(t)
  const reply = await functions.post.run(hostCall(), url, {
    headers: { 'X-In': true },
    query: { a: {}, b: Buffer.from('1') },
    body: ['list']
  })
  t.equal(Buffer.from(reply.body).toString(), 'POST /?a=&b=1 ')
  t.same(reply.headers['X-Seen'], Buffer.from(''))
})

t.test('header values are bytes', async t => {
  const { url, functions } = await mirror(t)
  const reply = await functions.get.run(hostCall(), url, {
    headers: { 'X-In': Buffer.from([0xc3, 0xa9, 0xff]) },
    query: undefined
  })
  t.same(reply.headers['X-Seen'], Buffer.from([0xc3, 0xa9, 0xff]))
})

t.test('a request whose head is larger than any server takes is not made', async t => {
  const { url, functions } = await mirror(t)
  const get = async (address: string, headers: object = {}, query: object = {}) => {
    const options = { headers: { ...headers }, query: { ...query } }
    return Buffer.from((await functions.get.run(hostCall(), address, options)).body).length
  }
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, Buffer.from('v')]))
  const long = `${url}/${'a'.repeat(65_536 - url.length - 1)}`
  const refused: ReadonlyArray<readonly [request: Promise<number>, message: string]> = [
    [get(`${long}a`), 'the address has 65537 characters, at most 65536 are sent'],
    [get(`${url}/?${'a&'.repeat(5_000_000)}`), 'at most 65536 are sent'],
    [get(url, {}, { q: Buffer.from(' '.repeat(9_000_000)) }), 'at most 65536 are sent'],
    [get(url, {}, { q: Buffer.from('é'.repeat(20_000)) }), 'at most 65536 are sent'],
    [get(url, {}, many(300_000)), 'the address has 300001 query parameters, at most 1000 are'],
    [get(`${url}/?${'a&'.repeat(999)}`, {}, many(1)), 'the address has 1001 query parameters'],
    [get(url, many(501)), 'the request has 501 headers, at most 500 are sent'],
    [get(url, { 'X-In': Array.from({ length: 501 }, () => 1) }), 'the request has 501 headers']
  ]
  for (const [request, message] of refused) {
    await t.rejects(request, { name: 'LuaFailure', message: new RegExp(message) })
  }
  t.ok((await get(`${url}/?${'a&'.repeat(998)}a`, many(500), {})) > 1900)
  t.ok((await get(url, {}, many(999))) > 5000)
})

t.test('whatever goes wrong outside is a failure with a message', async t => {
  const { functions } = await mirror(t)
  for (const url of ['http://127.0.0.1:1/', 'not a url', 'ftp://h/', 'http://h/%zz']) {
    await t.rejects(
      async () => await functions.get.run(hostCall(), url, undefined),
      LuaFailure,
      url
    )
  }
  await t.rejects(
    async () =>
      await functions.get.run(hostCall(), 'http://h/', {
        headers: { 'bad name': Buffer.from('x') },
        query: undefined
      }),
    new LuaFailure('invalid header name "bad name"')
  )
})

t.test(
  'of each request method, address, sizes and outcome are kept, credentials masked',
  async t => {
    const { url, functions, records } = await mirror(t)
    const address = url.replace('//', '//ann:s3cret@')
    await functions.post.run(
      hostCall({ executionId: 'e1' }),
      `${address}/x?a=1&api_key=hidden#part`,
      {
        headers: { Authorization: 'Bearer hidden' },
        query: { 'my-token': 'hidden' },
        body: Buffer.from('body')
      }
    )
    await t.rejects(
      async () =>
        await functions.get.run(hostCall(), 'http://ann:s3cret@127.0.0.1:1/?sig=hidden', undefined)
    )
    await t.rejects(
      async () => await functions.get.run(hostCall(), 'ftp://ann:s3cret@h/', undefined)
    )
    t.match(records[0], {
      executionId: 'e1',
      method: 'POST',
      url: `${url.replace('//', '//[REDACTED]@')}/x?a=1&api_key=[REDACTED]&my-token=[REDACTED]`,
      status: 'success',
      statusCode: 200,
      errorMessage: undefined,
      requestSize: 4
    })
    t.equal(records[0]?.responseSize, 'POST /x?a=1&api_key=hidden&my-token=hidden body'.length)
    t.match(records[1], {
      method: 'GET',
      status: 'error',
      statusCode: undefined,
      responseSize: undefined,
      errorMessage: /127.0.0.1/
    })
    t.equal(records.length, 3)
    t.notMatch(JSON.stringify(records), /hidden|s3cret/)
  }
)

t.test('a request that the end of the run breaks off is kept, once', async t => {
  const { url } = await serve(t, () => {})
  const { request, close } = client(t)
  const records: HttpRequestRecord[] = []
  const { functions } = httpModule(
    { request: ({ url, ...rest }) => request(url, rest), close },
    {
      ids: createIdSource(),
      append: record => {
        records.push(record)
      }
    }
  )
  const run = new AbortController()
  const asked = functions.get.run(hostCall({ signal: run.signal }), `${url}/slow`, undefined)
  run.abort(new Error('the run has ended'))
  t.match(records, [
    { url: `${url}/slow`, status: 'error', errorMessage: 'the execution ended before the reply' }
  ])
  await t.rejects(async () => await asked)
  t.equal(records.length, 1)
})

t.test('of a long address the beginning is kept', async t => {
  const { url, functions, records } = await mirror(t)
  await functions.get.run(hostCall(), `${url}/${'a'.repeat(5000)}`, undefined)
  t.equal(records[0]?.url.length, 2048)
})
