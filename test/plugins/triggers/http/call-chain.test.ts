/** Functions that call functions of the same server by HTTP. */
import t, { type Test } from 'tap'
import { once } from 'node:events'
import { createHmac } from 'node:crypto'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { followCall } from '../../../../core/http/call-chain.js'
import { buildApi, type Api } from '../../../helpers/api.js'
import { eventually } from '../../../helpers/eventually.js'
import { API_KEY } from '../../../helpers/build.js'

async function start(
  t: Test,
  settings: Record<string, string> = {}
): Promise<Api & { readonly base: string }> {
  const api = await buildApi(t, { HTTP_ALLOW_PRIVATE: 'true', SANDBOX_MAX: '12', ...settings })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...api, base: `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}` }
}

/** Calls itself at `base`, and answers what it was answered, one level deeper. */
const recursive = (base: string) => `function handler(ctx, event)
  local reply, err = http.get("${base}" .. event.path)
  return { statusCode = reply and reply.statusCode or 502, body = "> " .. (reply and reply.body or err) }
end
`

/** The header of a call that a function `depth` deep makes in a chain that began so many seconds ago. */
function signed({ app }: Api, depth: number, secondsAgo = 0): string {
  const { signal } = new AbortController()
  followCall(signal, { depth, since: Math.floor(Date.now() / 1000) - secondsAgo })
  return app.callChains.sign(signal, false) ?? ''
}

const count = async ({ call }: Api, id: string): Promise<number> =>
  (await call('GET', `/api/functions/${id}/executions`)).json.pagination.total

t.test('a function that calls itself is refused eight calls deep, in words', async t => {
  const api = await start(t)
  const id = await api.create({ code: recursive(api.base) })
  const answer = await fetch(`${api.base}/fn/${id}`)
  t.equal(answer.status, 508)
  t.equal(
    await answer.text(),
    `${'> '.repeat(9)}{"error":"Functions call each other more than 8 deep; this call is refused"}\n`
  )
  t.equal(await count(api, id), 9, 'the refused call left no record')
})

t.test(
  'nor is a way by other names, by redirects of others, or with a header of its own any longer',
  async t => {
    const api = await start(t)
    const { port } = new URL(api.base)
    const redirector = createServer((request, response) => {
      response.writeHead(307, { location: `http://localhost:${port}${request.url}` }).end()
    })
    await once(redirector.listen(0, '127.0.0.1'), 'listening')
    t.teardown(() => {
      redirector.closeAllConnections()
      redirector.close()
    })
    const elsewhere = `http://127.0.0.1:${(redirector.address() as AddressInfo).port}`
    const id = await api.create({
      code: recursive(elsewhere).replace(
        'event.path)',
        'event.path, { headers = { ["X-Moonlet-Chain"] = "", ["x-moonlet-chain"] = "1.1.00" } })'
      )
    })
    t.equal((await fetch(`${api.base}/fn/${id}`)).status, 508)
    t.equal(await count(api, id), 9)
  }
)

t.test('nor is one by functions that call each other in turn', async t => {
  const api = await start(t)
  const [first, second] = [await api.create(), await api.create()]
  await api.call('PUT', `/api/functions/${first}`, {
    code: recursive(api.base).replace('event.path', `"/fn/${second}"`)
  })
  await api.call('PUT', `/api/functions/${second}`, {
    code: recursive(api.base).replace('event.path', `"/fn/${first}"`)
  })
  t.equal((await fetch(`${api.base}/fn/${first}`)).status, 508)
  t.same([await count(api, first), await count(api, second)], [5, 4])
})

t.test(
  'what strangers send is not believed, so they cannot have the calls of a function refused',
  async t => {
    const api = await start(t)
    const inner = await api.create()
    const id = await api.create({
      code: recursive(api.base).replace('event.path', `"/fn/${inner}"`)
    })
    for (const header of ['8', '9', '99.1.00', `8.1.${'0'.repeat(64)}`, 'x'.repeat(5000)]) {
      const answer = await fetch(`${api.base}/fn/${id}`, { headers: { 'x-moonlet-chain': header } })
      t.same([answer.status, await answer.text()], [200, '> ok'])
    }
  }
)

t.test(
  'calls of functions by functions end when one run is over, however few deep they are',
  async t => {
    const api = await start(t)
    const answer = await fetch(`${api.base}/fn/${await api.create()}`, {
      headers: { 'x-moonlet-chain': signed(api, 1, 400) }
    })
    t.equal(answer.status, 508)
    t.match(await answer.text(), /EXECUTION_TIMEOUT is 300 seconds/)
  }
)

/** A server that never answers; tells when a request has come and when its connection is closed. */
async function silent(t: Test) {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const came = once(server, 'request').then(async ([request]) => {
    await once(request.socket, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    request: once(server, 'request'),
    closed: came
  }
}

t.test('a request ends with the run that made it, at its deadline', async t => {
  const api = await start(t, { EXECUTION_TIMEOUT: '1' })
  const { url, closed } = await silent(t)
  const id = await api.create({
    code: `function handler()\n  return { body = select(2, http.get("${url}")) }\nend\n`
  })
  t.equal((await fetch(`${api.base}/fn/${id}`)).status, 500)
  await t.resolves(closed)
})

t.test(
  'the requests of a run end when the function that called it is gone, and so on downwards',
  async t => {
    const api = await start(t)
    const { url, request, closed } = await silent(t)
    const inner = await api.create({
      code: `function handler()\n  local _, err = http.get("${url}")\n  kv.setGlobal("err", err)\n  return {}\nend\n`
    })
    const outer = await api.create({
      code: recursive(api.base).replace('event.path', `"/fn/${inner}"`)
    })
    const caller = get(`${api.base}/fn/${outer}`, {
      headers: { 'x-moonlet-chain': signed(api, 1) }
    }).on('error', () => {})
    await request
    caller.destroy()
    await closed
    const error = async () => (await api.call('GET', '/api/kv/err')).text
    await eventually(
      t,
      error,
      'the execution, or the one that called it, ended before the reply was complete'
    )
  }
)

t.test('a caller who hangs up from outside leaves a run its requests', async t => {
  const api = await start(t)
  const held: Array<() => void> = []
  const server = createServer((_request, response) => {
    held.push(() => {
      response.end('late')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const id = await api.create({
    code: `function handler()\n  local reply, err = http.get("${url}")\n  kv.set("got", reply and reply.body or err)\n  return {}\nend\n`
  })
  const came = once(server, 'request')
  const caller = get(`${api.base}/fn/${id}`).on('error', () => {})
  await came
  caller.destroy()
  await new Promise(resolve => caller.once('close', resolve))
  held[0]?.()
  await eventually(
    t,
    async () => (await api.call('GET', `/api/functions/${id}/kv/got`)).text,
    'late'
  )
})

t.test(
  'what other servers are told of a chain is nothing to try guesses of the API key on',
  async t => {
    const api = await start(t)
    let seen = ''
    const elsewhere = createServer(({ headers }, response) => {
      seen = String(headers['x-moonlet-chain'])
      response.end()
    })
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
    t.teardown(() => {
      elsewhere.close()
    })
    const { port } = elsewhere.address() as AddressInfo
    const code = `function handler() return { body = http.get("http://127.0.0.1:${port}").body } end`
    await fetch(`${api.base}/fn/${await api.create({ code })}`)
    const [, text = '', signature] = /^(1\.\d+)\.([\da-f]{64})$/.exec(seen) ?? []
    t.ok(signature, seen)
    const keys = [API_KEY, createHmac('sha256', API_KEY).update('chains of calls').digest()]
    for (const key of keys) t.not(createHmac('sha256', key).update(text).digest('hex'), signature)
  }
)
