import t, { type Test } from 'tap'
import Fastify from 'fastify'
import { readFile } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import dashboard from '../../../plugins/dashboard/plugin.js'
import { buildApi } from '../../helpers/api.js'

const here = 'http://localhost:3000'

async function build(t: Test, functionsUrl = here) {
  const app = Fastify()
  app.decorate('baseUrl', () => here)
  app.decorate('functionsUrl', () => functionsUrl)
  await app.register(dashboard)
  t.teardown(() => app.close())
  return app
}

t.test(
  'the addresses of all pages give the same document, not to be cached without asking',
  async t => {
    const app = await build(t)
    const html = await readFile('dist/public/index.html', 'utf8')
    for (const url of [
      '/',
      '/login',
      '/new',
      '/data',
      '/account',
      '/guide',
      '/guide/http',
      '/functions/abc/code',
      '/functions/abc/executions/x'
    ]) {
      const response = await app.inject(url)
      t.equal(response.statusCode, 200, url)
      t.equal(response.body, html)
      t.equal(response.headers['cache-control'], 'no-cache')
      t.equal(response.headers['x-content-type-options'], 'nosniff')
    }
  }
)

t.test('the policy allows no inline script, no eval and no other host', async t => {
  const app = await build(t)
  const policy = String((await app.inject('/')).headers['content-security-policy'])
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self';/)
  t.match(policy, /style-src-elem 'self';/)
  t.match(policy, /frame-ancestors 'none'/)
  t.notMatch(policy, /unsafe-eval|https?:|\*/)
})

t.test('functions on a host of their own may be called from the page', async t => {
  const app = await build(t, 'http://functions.localhost:3001')
  t.match(
    String((await app.inject('/')).headers['content-security-policy']),
    /connect-src 'self' http:\/\/functions\.localhost:3001;/
  )
})

t.test('assets are kept for a year and sent as compressed as the browser takes them', async t => {
  const app = await build(t)
  const path = /src="(\/assets\/app-[^"]+)"/.exec((await app.inject('/')).body)![1]!
  const plain = await app.inject(path)
  t.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
  t.match(plain.headers['content-type'], /javascript/)
  for (const encoding of ['br', 'gzip']) {
    const packed = await app.inject({ url: path, headers: { 'accept-encoding': encoding } })
    t.equal(packed.headers['content-encoding'], encoding)
    t.match(packed.headers['content-type'], /javascript/)
    t.ok(packed.rawPayload.length < plain.rawPayload.length)
  }
})

t.test('nothing outside of the assets is given away', async t => {
  const app = await build(t)
  for (const url of [
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/nope.js',
    '/assets/'
  ]) {
    t.ok((await app.inject(url)).statusCode >= 400, url)
  }
})

t.test('the preview document has an origin of its own and runs one script', async t => {
  const app = await build(t)
  const response = await app.inject('/preview')
  const policy = String(response.headers['content-security-policy'])
  t.match(policy, /^sandbox allow-scripts;/)
  t.notMatch(policy, /allow-same-origin|script-src[^;]*unsafe/)
  t.equal(response.body.match(/<script/g)?.length, 1)
})

/** The answer to a request whose target goes out as it is written, which clients would tidy first. */
async function ask(port: number, target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  return await text(socket)
}

t.test('no spelling of an address leads to a page without its policy', async t => {
  const { app } = await buildApi(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const ways = [
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2findex.html',
    '/assets/..\\index.html',
    '/assets/..%5cindex.html',
    '/assets/../preview.html',
    '/assets/../assets/../index.html',
    '/assets//../index.html',
    '/assets/./../index.html',
    '/assets/%252e%252e/index.html',
    '/assets/../../package.json',
    '/assets/.',
    '/assets/',
    '/assets//',
    '/assets/nope.js',
    '/assets/index.html',
    '/assets/%00',
    '/../index.html',
    '/index.html',
    '/functions/../index.html',
    '/login/../../x'
  ]
  for (const target of ways) {
    const answer = await ask(port, target)
    const isOk = answer.startsWith('HTTP/1.1 200')
    if (isOk) {
      t.match(answer, /^content-security-policy: default-src 'none'; script-src 'self';/m, target)
    }
    if (target.startsWith('/assets')) t.notOk(isOk, target)
    t.notMatch(answer, /"dependencies"/)
  }
})

t.test(
  'every answer of the dashboard has the policy, also of assets and that there is none',
  async t => {
    const app = await build(t)
    const asset = /src="(\/assets\/app-[^"]+)"/.exec((await app.inject('/')).body)![1]!
    for (const url of ['/', '/functions/x', asset, '/assets/nope.js', '/assets/.hidden']) {
      const { headers } = await app.inject(url)
      t.match(
        headers,
        {
          'x-content-type-options': 'nosniff',
          'content-security-policy': /^default-src 'none'; script-src 'self';/
        },
        url
      )
    }
  }
)
