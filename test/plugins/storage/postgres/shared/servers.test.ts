/** Three servers on one database, as people meet them: whichever of them is asked, the answer is the same. */
import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import { eventually } from '../../../../helpers/eventually.js'
import { onPostgres, openConnection, type Postgres } from '../../../../helpers/postgres.js'
import { SECRET_KEY, startServer, type StartedServer } from '../../../../helpers/server.js'

type Servers = readonly [StartedServer, StartedServer, StartedServer]

async function request(
  server: StartedServer,
  path: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: unknown; headers?: object } = {}
): Promise<Response> {
  return fetch(`${server.base}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${server.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers
    }
  })
}

let made = 0

/** A function that has its settings from the beginning, so that no server knows it without them. */
async function create(server: StartedServer, code: string, settings: object = {}): Promise<string> {
  const id = `f${String(++made).padStart(19, '0')}`
  const fn = { id, if_none_match: '*', name: 'f', code, ...settings }
  const response = await request(server, '/api/push', { method: 'POST', body: { functions: [fn] } })
  if (!response.ok) throw new Error(await response.text())
  return id
}

/** The statuses of many calls at once, in turn on the servers. */
const callAll = (servers: readonly StartedServer[], path: string, count: number, init?: object) =>
  Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { status } = await fetch(`${servers[i % servers.length]!.base}${path}`, init)
      return status
    })
  )

const countOf = (statuses: readonly number[], wanted: number): number =>
  statuses.filter(status => status === wanted).length

const hello = 'function handler() return { body = "hello" } end'
const slow = `function handler(ctx, event)
  time.sleep(tonumber(event.query.ms or "0"))
  return { statusCode = 200 }
end`

/** What comes on a stream of live events. */
async function follow(t: Test, server: StartedServer, token = server.key, query = '') {
  const stop = new AbortController()
  const response = await fetch(`${server.base}/api/events${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal
  })
  const seen = {
    text: '',
    isOver: false,
    stop: () => {
      stop.abort()
    }
  }
  t.teardown(seen.stop)
  const reading = (async () => {
    const reader = response.body!.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      seen.text += Buffer.from(read.value).toString()
    }
  })()
  void reading
    .catch(() => {})
    .finally(() => {
      seen.isOver = true
    })
  await eventually(t, () => seen.text.includes('listening'), true)
  return seen
}

async function testServers(postgres: Postgres): Promise<void> {
  const url = await postgres.create()
  const settings = { DATABASE_URL: url, SECRET_KEY, TRUST_PROXY: '127.0.0.1' }
  const servers = (await Promise.all(
    [1, 2, 3].map(() => startServer(t, settings))
  )) as unknown as Servers
  testLimits(servers)
  testAccess(servers)
  testLive(servers, url)
  testDeath(postgres, url, servers)
}

function testLimits(servers: Servers): void {
  t.test('a rate limit counts the calls of all servers', async t => {
    const limit = { requests: 12, seconds: 3600, by: 'ip' }
    const id = await create(servers[0], hello, { rate_limit: limit })
    const statuses = await callAll(servers, `/fn/${id}`, 60)
    t.equal(countOf(statuses, 200), 12)
    t.equal(countOf(statuses, 429), 48)
  })

  t.test('max_concurrency counts the calls of all servers', async t => {
    const id = await create(servers[0], slow, { max_concurrency: 4 })
    const statuses = await callAll(servers, `/fn/${id}?ms=3000`, 15)
    t.equal(countOf(statuses, 200), 4)
    t.equal(countOf(statuses, 429), 11)
    for (let i = 0; i < 9; i++) {
      const [status] = await callAll([servers[i % 3]!], `/fn/${id}`, 1)
      t.equal(status, 200, 'places come back')
    }
  })

  t.test('a caller who hangs up leaves no place behind', async t => {
    const id = await create(servers[0], slow, { max_concurrency: 1 })
    for (let i = 0; i < 10; i++) {
      const stop = new AbortController()
      const { base } = servers[i % 3]!
      const call = fetch(`${base}/fn/${id}`, { signal: stop.signal }).catch(() => {})
      setTimeout(() => {
        stop.abort()
      }, i)
      await call
    }
    await eventually(t, async () => (await callAll(servers, `/fn/${id}`, 1))[0], 200)
  })

  t.test('a signed delivery runs once, whichever servers it comes to', async t => {
    const code = `function handler()
      kv.increment("runs", 1)
      time.sleep(300)
      return { statusCode = 200 }
    end`
    const access = { mode: 'signature', preset: 'standard-webhooks', secret: 'HOOK' }
    const id = await create(servers[0], code, { access })
    const secret = Buffer.from('a secret of some length')
    await request(servers[0], `/api/functions/${id}/env`, {
      method: 'PUT',
      body: { env_vars: { HOOK: `whsec_${secret.toString('base64')}` } }
    })
    const at = Math.floor(Date.now() / 1000)
    const signed = createHmac('sha256', secret).update(`msg_1.${at}.{}`).digest('base64')
    const init = {
      method: 'POST',
      body: '{}',
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(at),
        'webhook-signature': `v1,${signed}`
      }
    }
    await eventually(
      t,
      async () => (await callAll([servers[2]], `/fn/${id}`, 1, init))[0],
      200,
      'all know the secret'
    )
    const later = await callAll(servers, `/fn/${id}`, 9, init)
    t.same(later, Array(9).fill(200))
    const found = await request(servers[1], `/api/functions/${id}/executions`)
    const { executions } = (await found.json()) as { executions: unknown[] }
    t.equal(executions.length, 1)
  })

  t.test('executions say which server ran them', async t => {
    const id = await create(servers[0], hello)
    await callAll(servers, `/fn/${id}`, 6)
    const found = await request(servers[1], `/api/functions/${id}/executions`)
    const { executions } = (await found.json()) as { executions: { id: string; node: number }[] }
    t.equal(new Set(executions.map(({ node }) => node)).size, 3)
    const [first] = executions
    const one = await request(servers[2], `/api/executions/${first!.id}`)
    t.equal(((await one.json()) as { node: number }).node, first!.node)
  })
}

function testAccess(servers: Servers): void {
  t.test('wrong keys are counted over all servers', async t => {
    const guess = (server: StartedServer, apiKey: string) =>
      fetch(`${server.base}/api/auth/login`, {
        method: 'POST',
        body: JSON.stringify({ apiKey }),
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7' }
      })
    const statuses: number[] = []
    for (let i = 0; i < 24; i++) statuses.push((await guess(servers[i % 3]!, `wrong ${i}`)).status)
    t.equal(countOf(statuses, 401), 20)
    t.equal(countOf(statuses, 429), 4)
    t.equal((await guess(servers[1], servers[1].key)).status, 200, 'the right one is taken')
    await eventually(t, async () => (await guess(servers[0], 'wrong')).status, 401)
  })

  t.test('a session that ends on one server ends on all, with its streams', async t => {
    const [one, two, three] = servers
    const login = await request(one, '/api/auth/login', {
      method: 'POST',
      body: { apiKey: one.key },
      headers: { authorization: '' }
    })
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!
    const asSession = { authorization: '', cookie }
    const read = async (server: StartedServer) =>
      (await request(server, '/api/functions', { headers: asSession })).status
    t.equal(await read(two), 200, 'it is one on all')
    const response = await fetch(`${three.base}/api/events`, { headers: { cookie } })
    const ended = response.text()
    await request(two, '/api/auth/logout', { method: 'POST', headers: asSession })
    t.match(await ended, /listening/, 'the stream has ended')
    for (const server of servers) t.equal(await read(server), 401)
  })

  t.test('a token that one server makes or ends is so on all', async t => {
    const [one, two, three] = servers
    const made = await request(one, '/api/tokens', {
      method: 'POST',
      body: { name: 'x', scopes: ['executions:read', 'functions:read'] }
    })
    const { token, id } = (await made.json()) as { token: string; id: string }
    const read = async (server: StartedServer) =>
      (
        await request(server, '/api/functions', {
          headers: { authorization: `Bearer ${token}` }
        })
      ).status
    await eventually(t, () => read(two), 200)
    await eventually(t, () => read(three), 200)
    const stream = await follow(t, two, token)
    t.equal((await request(three, `/api/tokens/${id}`, { method: 'DELETE' })).ok, true)
    await eventually(t, () => stream.isOver, true)
    await eventually(t, () => read(two), 401)
    t.equal(await read(three), 401)
  })
}

function testLive(servers: Servers, url: string): void {
  t.test(
    'a live view shows what happens on other servers, and costs nothing without one',
    async t => {
      const ear = await openConnection(url)
      t.teardown(() => ear.close())
      const heard: string[] = []
      ear.onNotification = (_channel, payload) => heard.push(payload)
      await ear.script('listen moonlet_live')
      const [id, other] = [await create(servers[0], slow), await create(servers[0], hello)]
      await callAll(servers, `/fn/${id}`, 30)
      await ear.script('select 1')
      t.same(heard, [], 'nobody looks')

      const [one, two, three] = servers
      const stream = await follow(t, one, one.key, `?function_id=${id}`)
      const countOfEvents = () => (stream.text.match(/event: execution/g) ?? []).length
      await eventually(
        t,
        async () => {
          await callAll([two, three], `/fn/${id}`, 2)
          return countOfEvents() > 0
        },
        true
      )
      await callAll([two], `/fn/${other}`, 5)
      const before = stream.text.length
      const isPendingSeen = async () => {
        await callAll([three], `/fn/${id}?ms=1500`, 1)
        return /"status":"pending"/.test(stream.text.slice(before))
      }
      await eventually(t, isPendingSeen, true)
      await eventually(t, () => /"status":"success"/.test(stream.text.slice(before)), true)
      t.notMatch(stream.text, other, 'of that function alone')
      t.notMatch(heard.join(), other, 'nor is any other sent')

      stream.stop()
      const isQuiet = async () => {
        const count = heard.length
        await callAll([two, three], `/fn/${id}`, 2)
        await ear.script('select pg_sleep(0.2)')
        return heard.length === count
      }
      await eventually(t, isQuiet, true, 'nobody looks any more')
    }
  )

  t.test('more events than a notification holds are counted, not lost silently', async t => {
    const [one, two] = servers
    const id = await create(servers[0], hello)
    const stream = await follow(t, one)
    await eventually(
      t,
      async () => {
        await callAll([two], `/fn/${id}`, 100)
        return /event: skipped/.test(stream.text)
      },
      true
    )
    stream.stop()
  })
}

/** What passes by itself within twenty seconds. */
const endLeasesOfDead = (postgres: Postgres, url: string): Promise<void> =>
  postgres.query(
    `update nodes n set lease_until = 0
     where not exists (select 1 from pg_locks l where l.classid = 76 and l.objid = n.id)`,
    url
  )

function testDeath(postgres: Postgres, url: string, servers: Servers): void {
  t.test('what a server that is killed has held of a limit comes back', async t => {
    const [one, two, three] = servers
    const id = await create(servers[0], slow, { max_concurrency: 1 })
    const lost = callAll([three], `/fn/${id}?ms=60000`, 1).catch(() => {})
    await eventually(t, async () => (await callAll([one], `/fn/${id}`, 1))[0], 429)
    await three.stop('SIGKILL')
    await lost
    t.equal((await callAll([two], `/fn/${id}`, 1))[0], 429, 'it may still run')
    await endLeasesOfDead(postgres, url)
    await eventually(t, async () => (await callAll([two], `/fn/${id}`, 1))[0], 200)
  })
}

await onPostgres(t, testServers)
