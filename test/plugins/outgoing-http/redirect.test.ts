import t from 'tap'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Lookup } from '../../../plugins/outgoing-http/connector.js'
import { client, failure, readBody, serve } from './serve.js'

/** Replies to /from with a redirect to /to, and to everything else with what it received. */
async function redirecting(t: Parameters<typeof serve>[0], status: number, location = '/to') {
  return await serve(t, async (request, response) => {
    if (request.url === '/from') return response.writeHead(status, { location }).end()
    return response.end([request.method, request.url, await readBody(request)].join(' '))
  })
}

t.test('301, 302 and 303 turn other methods into GET without body', async t => {
  for (const status of [301, 302, 303]) {
    const { url } = await redirecting(t, status)
    const reply = await client(t).request(`${url}/from`, {
      method: 'POST',
      body: 'lost',
      headers: { 'Content-Type': 'text/plain' }
    })
    t.equal(Buffer.from(reply.body).toString(), 'GET /to ', String(status))
  }
})

t.test('307 and 308 keep method and body', async t => {
  for (const status of [307, 308]) {
    const { url } = await redirecting(t, status)
    const reply = await client(t).request(`${url}/from`, { method: 'PUT', body: 'kept' })
    t.equal(Buffer.from(reply.body).toString(), 'PUT /to kept', String(status))
  }
})

t.test('a relative address is resolved against the page it came from', async t => {
  const { url } = await redirecting(t, 302, '?page=2#there')
  t.equal(
    Buffer.from((await client(t).request(`${url}/from`)).body).toString(),
    'GET /from?page=2 '
  )
})

t.test('redirect statuses without an address, and 300 and 304, are replies', async t => {
  for (const status of [300, 301, 302, 304, 307]) {
    const { url } = await serve(t, (_request, response) => response.writeHead(status).end())
    t.equal((await client(t).request(url)).statusCode, status)
  }
})

t.test('ten redirects are followed, the eleventh is an error', async t => {
  const { url } = await serve(t, (request, response) => {
    const left = Number((request.url ?? '').slice(1))
    return left === 0
      ? response.end('arrived')
      : response.writeHead(302, { location: `/${left - 1}` }).end()
  })
  const { request } = client(t)
  t.equal(Buffer.from((await request(`${url}/10`)).body).toString(), 'arrived')
  t.equal(await failure(request(`${url}/11`)), 'too many redirects: stopped after 10')
})

t.test('a redirect loop is an error', async t => {
  const { url } = await redirecting(t, 302, '/from')
  t.match(await failure(client(t).request(`${url}/from`)), 'too many redirects')
})

t.test('a redirect to another scheme is refused', async t => {
  for (const location of [
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,x',
    'javascript:1'
  ]) {
    const { url } = await redirecting(t, 302, location)
    t.match(await failure(client(t).request(`${url}/from`)), 'unsupported scheme', location)
  }
})

t.test('a redirect to an address that cannot be read is refused', async t => {
  const { url } = await redirecting(t, 302, 'http://[broken')
  t.match(
    await failure(client(t).request(`${url}/from`)),
    'redirects to an invalid address "http://[broken"'
  )
})

t.test(
  'only harmless headers follow to another host, port or scheme; to the same server all do',
  async t => {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      response.end(JSON.stringify(request.headers))
    }
    const otherHost = await serve(t, listener, '127.0.0.2')
    const otherPort = await serve(t, listener)
    const { url } = await serve(t, (request, response) => {
      const away: Record<string, string> = {
        '/host': `${otherHost.url}/`,
        '/port': `${otherPort.url}/`,
        '/same': '/stay'
      }
      const location = away[request.url ?? '']
      return location === undefined
        ? listener(request, response)
        : response.writeHead(307, { location }).end()
    })
    const { request } = client(t)
    const secret = {
      Authorization: 'Bearer s',
      Cookie: 'a=b',
      'X-Api-Key': 's',
      'x-auth-token': 's',
      'Proxy-Authorization': 's',
      'PRIVATE-TOKEN': 's',
      'X-Unheard-Of': 's'
    }
    const harmless = {
      Accept: 'text/plain',
      'Accept-Language': 'pt',
      'Content-Type': 'text/x',
      'user-agent': 'mine',
      Range: 'bytes=0-9',
      'If-None-Match': '"e"'
    }
    const arrives = async (path: string) =>
      Object.keys(
        JSON.parse(
          Buffer.from(
            (await request(`${url}${path}`, { headers: { ...secret, ...harmless } })).body
          ).toString()
        )
      )
    const lower = (headers: object) => Object.keys(headers).map(name => name.toLowerCase())
    const same = await arrives('/same')
    t.same(
      lower({ ...secret, ...harmless }).filter(name => !same.includes(name)),
      []
    )
    for (const path of ['/host', '/port']) {
      const away = await arrives(path)
      t.same(
        lower(secret).filter(name => away.includes(name)),
        [],
        path
      )
      t.same(
        lower(harmless).filter(name => !away.includes(name)),
        [],
        path
      )
    }
  }
)

t.test('credentials of a site are not for its subdomains, which may belong to others', async t => {
  const { port } = await serve(t, (request, response) => {
    if (request.headers.host?.startsWith('example.test') === true) {
      return response.writeHead(302, { location: `http://evil.example.test:${port}/` }).end()
    }
    return response.end(request.headers['x-api-key'] ?? 'none')
  })
  const lookup: Lookup = (_name, _options, callback) => {
    callback(null, [{ address: '127.0.0.1', family: 4 }])
  }
  const { body } = await client(t, { lookup }).request(`http://example.test:${port}/`, {
    headers: { 'X-Api-Key': 's' }
  })
  t.equal(Buffer.from(body).toString(), 'none')
})

t.test('credentials do not come back after a detour', async t => {
  const port = { home: 0 }
  const other = await serve(
    t,
    (_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port.home}/back` }).end(),
    '127.0.0.2'
  )
  const home = await serve(t, (request, response) => {
    if (request.url === '/away') return response.writeHead(307, { location: other.url }).end()
    return response.end(request.headers.authorization ?? 'none')
  })
  port.home = home.port
  const reply = await client(t).request(`${home.url}/away`, {
    headers: { Authorization: 'Bearer s' }
  })
  t.equal(Buffer.from(reply.body).toString(), 'none')
})
