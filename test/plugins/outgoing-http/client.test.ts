import t from 'tap'
import { deflateSync, brotliCompressSync, gzipSync } from 'node:zlib'
import { client, failure, readBody, serve } from './serve.js'

t.test('sends method, headers and body, and gives status, canonical headers and bytes', async t => {
  const { url } = await serve(t, async (request, response) => {
    response.setHeader('x-first', ['one', 'two'])
    response.statusCode = 203
    const received = [
      request.method,
      request.url,
      request.headers['x-custom'],
      await readBody(request)
    ].join(' ')
    response.end(Buffer.concat([Buffer.from(received, 'latin1'), Buffer.from([0, 255])]))
  })
  const reply = await client(t).request(`${url}/path?q=1#fragment`, {
    method: 'PUT',
    headers: { 'X-Custom': 'v\xe9' },
    body: 'sent'
  })
  t.equal(reply.statusCode, 203)
  t.equal(reply.headers['X-First'], 'one')
  t.equal(Buffer.from(reply.body).toString('latin1'), 'PUT /path?q=1 v\xe9 sent\0\xff')
})

t.test('an error status is a reply', async t => {
  const { url } = await serve(t, (_request, response) => response.writeHead(503).end('busy'))
  const reply = await client(t).request(url)
  t.equal(reply.statusCode, 503)
  t.equal(reply.statusText, 'Service Unavailable')
})

t.test('header values are bytes in both directions', async t => {
  const { url } = await serve(t, (request, response) => {
    response.setHeader('x-echo', request.headers['x-in'] ?? '')
    response.end()
  })
  const reply = await client(t).request(url, { headers: { 'x-in': '\xc3\xa9\xff' } })
  t.equal(reply.headers['X-Echo'], '\xc3\xa9\xff')
})

t.test(
  'gives a User-Agent unless there is one, asks for gzip, and leaves the connection headers to itself',
  async t => {
    const { url } = await serve(t, (request, response) =>
      response.end(JSON.stringify(request.headers))
    )
    const { request } = client(t)
    const seen = async (headers: Record<string, string>) =>
      JSON.parse(Buffer.from((await request(url, { headers })).body).toString())
    t.match(await seen({}), { 'user-agent': 'Moonlet', 'accept-encoding': 'gzip' })
    t.match(await seen({ 'USER-agent': 'mine/1', 'Accept-encoding': 'identity' }), {
      'user-agent': 'mine/1',
      'accept-encoding': 'identity'
    })
    const forged = await seen({
      Host: 'other',
      'Content-Length': '99',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
      Expect: '100-continue'
    })
    t.match(forged, { host: url.slice(7) })
    t.notOk('transfer-encoding' in forged || 'expect' in forged || 'content-length' in forged)
  }
)

t.test(
  'user and password of the URL are sent as Basic authentication, unless there is an Authorization header',
  async t => {
    const { port } = await serve(t, (request, response) =>
      response.end(request.headers.authorization)
    )
    const { request } = client(t)
    t.equal(
      Buffer.from((await request(`http://me:pw@127.0.0.1:${port}/`)).body).toString(),
      `Basic ${Buffer.from('me:pw').toString('base64')}`
    )
    t.equal(
      Buffer.from(
        (
          await request(`http://me:pw@127.0.0.1:${port}/`, {
            headers: { authorization: 'Bearer x' }
          })
        ).body
      ).toString(),
      'Bearer x'
    )
  }
)

t.test('unpacks compressed replies', async t => {
  const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }
  const { url } = await serve(t, (request, response) => {
    const encoding = (request.url ?? '').slice(1) as keyof typeof packers
    response.setHeader('content-encoding', encoding)
    response.end(packers[encoding]('unpacked'))
  })
  for (const encoding of Object.keys(packers)) {
    const reply = await client(t).request(`${url}/${encoding}`)
    t.equal(Buffer.from(reply.body).toString(), 'unpacked', encoding)
    t.notOk('Content-Encoding' in reply.headers || 'Content-Length' in reply.headers)
  }
})

t.test('a caller who sets Accept-Encoding gets the bytes as they came', async t => {
  const { url } = await serve(t, (_request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('packed'))
  })
  const reply = await client(t).request(url, { headers: { 'accept-encoding': 'gzip' } })
  t.same(Buffer.from(reply.body), gzipSync('packed'))
  t.equal(reply.headers['Content-Encoding'], 'gzip')
})

t.test('connections are kept and used again', async t => {
  const ports = new Set<number | undefined>()
  const { url } = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort)
    response.end()
  })
  const { request } = client(t)
  for (let i = 0; i < 10; i++) await request(url)
  t.ok(ports.size <= 2, `${ports.size} connections for ten requests in turn`)
})

t.test('bad headers and methods are refused in words', async t => {
  const { request } = client(t)
  t.match(
    await failure(request('http://127.0.0.1:1/', { headers: { 'bad name': 'x' } })),
    'invalid header name "bad name"'
  )
  t.match(
    await failure(request('http://127.0.0.1:1/', { headers: { 'X-A': 'x\r\nX-B: y' } })),
    'invalid value of header "X-A"'
  )
  t.match(await failure(request('http://127.0.0.1:1/', { method: 'G T' })), 'invalid method')
  t.match(await failure(request('http://127.0.0.1:1/', { method: 'CONNECT' })), 'invalid method')
})

t.test('says who refused a connection and which host is unknown', async t => {
  const { request } = client(t, {
    lookup: (_name, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), [])
  })
  t.equal(await failure(request('http://127.0.0.1:1/')), 'connection refused by 127.0.0.1:1')
  t.equal(await failure(request('http://nowhere.example/')), 'unknown host nowhere.example')
})
