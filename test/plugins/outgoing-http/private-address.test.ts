import t from 'tap'
import { isPublicAddress } from '../../../plugins/outgoing-http/address.js'
import type { Lookup } from '../../../plugins/outgoing-http/connector.js'
import { client, failure, serve } from './serve.js'

const guarded = { isAllowed: isPublicAddress }
const answer =
  (...addresses: string[]): Lookup =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
    )

t.test(
  'private addresses in every spelling are refused without a connection, naming the setting',
  async t => {
    let connections = 0
    const { port, server } = await serve(t, (_request, response) => response.end())
    server.on('connection', () => connections++)
    const { request } = client(t, guarded)
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0177.1',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
      '0',
      '[::]',
      '169.254.169.254',
      '10.0.0.1',
      '[fe80::1]',
      '[64:ff9b::7f00:1]'
    ]) {
      const message = await failure(request(`http://${host}:${port}/`))
      t.match(message, /not a public address.*HTTP_ALLOW_PRIVATE=true/, host)
    }
    t.equal(connections, 0)
  }
)

t.test('a name that resolves to a private address is refused, telling both', async t => {
  const { request } = client(t, { ...guarded, lookup: answer('127.0.0.1') })
  t.match(
    await failure(request('http://inside.example/')),
    /^inside\.example \(127\.0\.0\.1\) is not a public address/
  )
})

t.test(
  'names of metadata services are refused wherever they resolve to inside a cloud',
  async t => {
    for (const [name, address] of [
      ['metadata.google.internal', '169.254.169.254'],
      ['metadata.azure.internal', '168.63.129.16'],
      ['metadata.ec2.internal', 'fd00:ec2::254'],
      ['metadata.aliyun.internal', '100.100.100.200']
    ] as const) {
      t.match(
        await failure(
          client(t, { ...guarded, lookup: answer(address) }).request(`http://${name}/`)
        ),
        'HTTP_ALLOW_PRIVATE',
        name
      )
    }
  }
)

t.test('localhost, resolved by the system, is refused', async t => {
  t.match(await failure(client(t, guarded).request('http://localhost:1/')), 'HTTP_ALLOW_PRIVATE')
})

t.test('of several addresses only allowed ones are connected to', async t => {
  let reached = 0
  const bad = await serve(t, (_request, response) => {
    reached++
    response.end('private')
  })
  const { server } = await serve(t, (_request, response) => response.end('public'), '127.0.0.2')
  server.close()
  const { request } = client(t, {
    isAllowed: address => address === '127.0.0.2',
    lookup: answer('127.0.0.1', '127.0.0.2')
  })
  t.equal(
    await failure(request(`http://both.example:${bad.port}/`)),
    `connection refused by both.example:${bad.port}`
  )
  t.equal(reached, 0)
})

t.test('a redirect to a private address is refused', async t => {
  let reached = 0
  const inside = await serve(t, (_request, response) => {
    reached++
    response.end()
  })
  const outside = await serve(
    t,
    (_request, response) => response.writeHead(302, { location: `${inside.url}/` }).end(),
    '127.0.0.2'
  )
  const { request } = client(t, { isAllowed: address => address === '127.0.0.2' })
  t.match(await failure(request(outside.url)), 'HTTP_ALLOW_PRIVATE')
  t.equal(reached, 0)
})

t.test(
  'a name that changes its address after the first look is refused (DNS rebinding)',
  async t => {
    let reached = 0
    let lookups = 0
    const inside = await serve(t, (_request, response) => {
      reached++
      response.end()
    })
    const outside = await serve(
      t,
      (_request, response) =>
        response.writeHead(302, { location: `http://turncoat.example:${inside.port}/` }).end(),
      '127.0.0.2'
    )
    const lookup: Lookup = (name, options, callback) =>
      answer(lookups++ === 0 ? '127.0.0.2' : '127.0.0.1')(name, options, callback)
    const { request } = client(t, { isAllowed: address => address === '127.0.0.2', lookup })
    t.match(
      await failure(request(`http://turncoat.example:${outside.port}/`)),
      /turncoat\.example \(127\.0\.0\.1\) is not a public address/
    )
    t.equal(lookups, 2, 'each connection is one lookup: what was checked is what is connected to')
    t.equal(reached, 0)
  }
)
