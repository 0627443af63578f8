import t from 'tap'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildApi, type Api } from '../../../helpers/api.js'

const returning = (table: string) => `function handler(ctx, event)\n  return ${table}\nend\n`

async function headersOf(
  { create, callOpen }: Api,
  headers: string,
  host = 'localhost'
): Promise<Record<string, unknown>> {
  return (
    await callOpen(
      'GET',
      `/fn/${await create({ code: returning(`{ headers = { ${headers} } }`) })}`,
      undefined,
      { host }
    )
  ).headers
}

t.test(
  'a function neither sets nor clears the cookie of the dashboard, other cookies it does',
  async t => {
    const api = await buildApi(t)
    const apart = await buildApi(t, {
      FUNCTIONS_HOST: 'fn.example.org',
      BASE_URL: 'https://example.org'
    })
    const cases: Array<[lua: string, cookies: string[] | string | undefined]> = [
      ['"auth_token=evil; Path=/"', undefined],
      ['"auth_token=; Max-Age=0"', undefined],
      ['" auth_token = evil"', undefined],
      ['"AUTH_TOKEN=evil"', undefined],
      ['"=auth_token=evil"', undefined],
      ['"auth_token"', undefined],
      ['{ "a=1", "auth_token=evil", "b=2; Path=/" }', ['a=1', 'b=2; Path=/']],
      ['"a=1, auth_token=evil; Path=/"', 'a=1'],
      [
        '"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"',
        'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'
      ],
      ['"__Host-auth_token=1; Secure; Path=/"', '__Host-auth_token=1; Secure; Path=/'],
      ['"auth_token2=1"', 'auth_token2=1']
    ]
    for (const [lua, cookies] of cases) {
      for (const name of ['Set-Cookie', 'set-COOKIE']) {
        t.same((await headersOf(api, `["${name}"] = ${lua}`))['set-cookie'], cookies, lua)
      }
    }
    t.equal(
      (
        await headersOf(
          apart,
          '["Set-Cookie"] = "auth_token=evil; Domain=example.org"',
          'fn.example.org'
        )
      )['set-cookie'],
      undefined
    )
  }
)

t.test('a function cannot act on the origin of the dashboard by its headers', async t => {
  const originWide = ['service-worker-allowed', 'alt-svc', 'nel', 'report-to']
  const hostWide = ['clear-site-data', 'strict-transport-security']
  const lua = [...originWide, ...hostWide].map(name => `["${name.toUpperCase()}"] = "x"`).join(', ')
  const sent = async (settings: Record<string, string>) => {
    const headers = await headersOf(await buildApi(t, settings), lua, 'fn.example.org')
    return [...originWide, ...hostWide].filter(name => name in headers)
  }
  t.same(await sent({}), [], 'where both are one origin')
  t.same(
    await sent({ FUNCTIONS_HOST: 'fn.example.org', BASE_URL: 'https://example.org' }),
    [...originWide, ...hostWide],
    'on a host of their own'
  )
})

t.test(
  'on a port of their own functions reach neither cookies nor TLS of the dashboard, which know no ports',
  async t => {
    const api = await buildApi(t, { FUNCTIONS_HOST: ':0' })
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const id = await api.create({
      code: returning(
        '{ headers = { ["Set-Cookie"] = { "auth_token=evil", "a=1" }, ["Clear-Site-Data"] = "*", ["Strict-Transport-Security"] = "max-age=9", ["Service-Worker-Allowed"] = "/" } }'
      )
    })
    const { headers } = await fetch(
      `${api.app.functionsUrl().replace('localhost', '127.0.0.1')}/fn/${id}`
    )
    t.same(headers.getSetCookie(), ['a=1'])
    t.same(
      ['clear-site-data', 'strict-transport-security', 'service-worker-allowed'].map(name =>
        headers.get(name)
      ),
      [null, null, '/']
    )
  }
)

t.test('a function cannot forge what the server says of its run', async t => {
  const api = await buildApi(t)
  const id = await api.create({
    code: returning(
      '{ headers = { ["X-Execution-Id"] = "forged", ["x-function-id"] = "forged", ["X-FUNCTION-VERSION-ID"] = "forged", ["X-Execution-Duration-Ms"] = "forged", ["X-Own"] = "kept" } }'
    )
  })
  const { headers } = await api.callOpen('GET', `/fn/${id}`)
  t.notMatch(JSON.stringify(headers), 'forged')
  t.equal(headers['x-function-id'], id)
  t.equal(headers['x-own'], 'kept')
})

t.test('every status from 200 to 999 is sent as it is', async t => {
  const api = await buildApi(t)
  const id = await api.create({
    code: 'function handler(ctx, event)\n  return { statusCode = tonumber(event.query.status), body = "b" }\nend\n'
  })
  for (const status of [200, 299, 418, 599, 600, 601, 799, 999]) {
    const answer = await api.callOpen('GET', `/fn/${id}?status=${status}`)
    t.same([answer.status, answer.text], [status, 'b'])
    const { json } = await api.call(
      'GET',
      `/api/executions/${String(answer.headers['x-execution-id'])}`
    )
    t.equal(json.status, status < 400 ? 'success' : 'error')
  }
  for (const status of [99, 1000]) {
    t.equal((await api.callOpen('GET', `/fn/${id}?status=${status}`)).status, 500)
  }
})

t.test(
  'a status that announces another answer is sent as 200, and the connection stays good',
  async t => {
    const api = await buildApi(t)
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => {
      agent.destroy()
    })
    const id = await api.create({
      code: 'function handler(ctx, event)\n  return { statusCode = tonumber(event.query.status), body = event.query.status }\nend\n'
    })
    const ports = new Set<number | undefined>()
    for (const status of [100, 101, 102, 103, 199, 200]) {
      const text = await new Promise<string>((resolve, reject) => {
        http
          .get({ port, host: '127.0.0.1', path: `/fn/${id}?status=${status}`, agent }, response => {
            ports.add(response.socket.localPort)
            response.setEncoding('utf8').on('data', body => {
              resolve(`${response.statusCode} ${String(body)}`)
            })
          })
          .on('error', reject)
      })
      t.equal(text, `200 ${status}`)
    }
    t.equal(ports.size, 1)
  }
)
