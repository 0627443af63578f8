import t from 'tap'
import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { client, failure, serve, serveRaw } from './serve.js'

const LIMIT = 64 * 1024

t.test('a server that never answers is given up after the time limit', async t => {
  const { url, port } = await serveRaw(t, () => {})
  t.equal(
    await failure(client(t, { timeoutMs: 100 }).request(url)),
    `no complete reply of 127.0.0.1:${port} within 0.1 s`
  )
})

t.test('a server that drips one byte at a time is given up after the same limit', async t => {
  const { url } = await serveRaw(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const timer = setInterval(() => socket.write('x'), 5)
    socket.on('close', () => clearInterval(timer))
  })
  t.match(await failure(client(t, { timeoutMs: 150 }).request(url)), 'no complete reply')
})

t.test('redirects share one time limit', async t => {
  const { url } = await serve(t, (_request, response) => {
    setTimeout(() => response.writeHead(302, { location: '/' }).end(), 40)
  })
  t.match(await failure(client(t, { timeoutMs: 150 }).request(url)), 'no complete reply')
})

t.test('an endless reply is cut off at the size limit, and the connection closed', async t => {
  let closed: Promise<unknown> | undefined
  const { url } = await serveRaw(t, socket => {
    closed = new Promise(resolve => socket.on('close', resolve))
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const flood = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(16 * 1024)));
    }
    socket.on('drain', flood)
    flood()
  })
  t.match(
    await failure(client(t, { responseLimit: LIMIT }).request(url)),
    /larger than 65536 bytes \(setting RESPONSE_LIMIT\)/
  )
  await closed
})

t.test('a reply that announces too much is refused before it is read', async t => {
  const { url } = await serveRaw(t, socket =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n')
  )
  t.match(await failure(client(t, { responseLimit: LIMIT }).request(url)), 'larger than')
})

t.test('many tiny chunks cost no more than their bytes', async t => {
  const { url } = await serveRaw(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    socket.end('1\r\nx\r\n'.repeat(LIMIT) + '0\r\n\r\n')
  })
  const reply = await client(t, { responseLimit: LIMIT }).request(url)
  t.equal(reply.body.byteLength, LIMIT)
  t.equal(reply.body.buffer.byteLength, LIMIT, 'one buffer, no larger than the limit')
})

t.test('a reply shorter than announced is an error', async t => {
  const { url, port } = await serveRaw(t, socket =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort')
  )
  t.equal(
    await failure(client(t).request(url)),
    `127.0.0.1:${port} closed the connection before its reply was complete`
  )
})

t.test('bytes behind the announced length do not reach the next reply', async t => {
  const { url } = await serveRaw(t, socket =>
    socket.write(
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
    )
  )
  const { request } = client(t)
  t.equal(Buffer.from((await request(url)).body).toString(), 'good')
  t.equal(Buffer.from((await request(url)).body).toString(), 'good')
})

t.test('a small packed reply that unpacks to a huge one is refused', async t => {
  const bomb = Buffer.alloc(50 * 1024 * 1024)
  const packed = { gzip: gzipSync(bomb), deflate: deflateSync(bomb), br: brotliCompressSync(bomb) }
  const { url } = await serve(t, (request, response) => {
    const encoding = (request.url ?? '').slice(1) as keyof typeof packed
    response.setHeader('content-encoding', encoding)
    response.end(packed[encoding])
  })
  const { request } = client(t, { responseLimit: LIMIT })
  for (const encoding of Object.keys(packed)) {
    t.match(await failure(request(`${url}/${encoding}`)), 'larger than 65536 bytes', encoding)
  }
})

t.test('a damaged packed reply is an error', async t => {
  const { url } = await serve(t, (_request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('cut off').subarray(0, 12))
  })
  t.match(await failure(client(t).request(url)), 'not valid gzip')
})

t.test('replies that are no HTTP are errors', async t => {
  for (const text of [
    'SSH-2.0-OpenSSH_9\r\n',
    'HTTP/1.1 abc\r\n\r\n',
    'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'
  ]) {
    const { url } = await serveRaw(t, socket => socket.end(text))
    t.match(await failure(client(t).request(url)), 'did not answer in valid HTTP', text)
  }
})

t.test('a head that never ends is refused', async t => {
  const { url } = await serveRaw(t, socket => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const flood = () => {
      while (!socket.destroyed && socket.write(`X-${'y'.repeat(500)}: z\r\n`));
    }
    socket.on('drain', flood)
    flood()
  })
  t.match(await failure(client(t).request(url)), 'too many headers')
})

t.test('a server that hangs up at once is an error', async t => {
  const { url } = await serveRaw(t, socket => socket.destroy())
  t.match(await failure(client(t).request(url)), 'closed the connection')
})

t.test('https to a server without a valid certificate is refused', async t => {
  const server = createSecureServer({})
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  t.match(
    await failure(
      client(t).request(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    ),
    /no secure connection|closed the connection/
  )
})

t.test('aborting ends a request that waits for a reply, and closes its connection', async t => {
  const controller = new AbortController()
  let closed: Promise<unknown> | undefined
  const { url } = await serve(t, request => {
    closed = once(request.socket, 'close')
    controller.abort()
  })
  t.match(
    await failure(client(t).request(url, { signal: controller.signal })),
    'ended before the reply was complete'
  )
  await closed
})

t.test('aborting ends a request that waits for a name', async t => {
  const controller = new AbortController()
  const { request } = client(t, { lookup: () => controller.abort() })
  t.match(
    await failure(request('http://slow.example/', { signal: controller.signal })),
    'ended before the reply was complete'
  )
})

t.test('a request of an execution that is over is not sent', async t => {
  let reached = 0
  const { url } = await serve(t, (_request, response) => {
    reached++
    response.end()
  })
  t.match(
    await failure(client(t).request(url, { signal: AbortSignal.abort() })),
    'ended before the reply was complete'
  )
  t.equal(reached, 0)
})

t.test('closing the client ends what is open', async t => {
  const outgoing = client(t)
  const { url } = await serve(t, () => {
    outgoing.close().catch(() => {})
  })
  t.match(await failure(outgoing.request(url)), 'the server is stopping')
})
