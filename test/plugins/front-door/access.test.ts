/** Who may call: each mode with right, wrong, missing, expired, repeated and malformed credentials. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import t from 'tap'
import { makeExpired } from '../../helpers/expired.js'
import { eventually } from '../../helpers/eventually.js'
import { ECHO, open } from './door.js'

const world = await open(t)
const { call, create, fetch, runs, untouched } = world

const SECRET = 'a secret of the function'
const STANDARD = `whsec_${Buffer.from('a secret of 24 bytes or more').toString('base64')}`
const nowSeconds = () => Math.floor(Date.now() / 1000)
const hmac = (content: string, algorithm = 'sha256', key: string | Buffer = SECRET) =>
  createHmac(algorithm, key).update(content)

type Headers = Record<string, string>
type Sign = (body: string, at: number, id: string) => Headers

/** By preset: its access, and how a body is signed. */
const signers: Record<string, { access: object; secret: string; sign: Sign; timed: boolean }> = {
  github: {
    access: { preset: 'github' },
    secret: SECRET,
    timed: false,
    sign: body => ({ 'X-Hub-Signature-256': `sha256=${hmac(body).digest('hex')}` })
  },
  stripe: {
    access: { preset: 'stripe' },
    secret: SECRET,
    timed: true,
    sign: (body, at) => ({
      'Stripe-Signature': `t=${at},v1=${hmac(`${at}.${body}`).digest('hex')}`
    })
  },
  slack: {
    access: { preset: 'slack' },
    secret: SECRET,
    timed: true,
    sign: (body, at) => ({
      'X-Slack-Request-Timestamp': String(at),
      'X-Slack-Signature': `v0=${hmac(`v0:${at}:${body}`).digest('hex')}`
    })
  },
  'standard-webhooks': {
    access: { preset: 'standard-webhooks' },
    secret: STANDARD,
    timed: true,
    sign: (body, at, id) => {
      const key = Buffer.from(STANDARD.slice('whsec_'.length), 'base64')
      const digest = hmac(`${id}.${at}.${body}`, 'sha256', key).digest('base64')
      return {
        'webhook-id': id,
        'webhook-timestamp': String(at),
        'webhook-signature': `v1,${digest}`
      }
    }
  },
  generic: {
    access: {
      preset: 'generic',
      header: 'X-Shop-Signature',
      algorithm: 'sha512',
      encoding: 'base64',
      prefix: 'sig='
    },
    secret: SECRET,
    timed: false,
    sign: body => ({ 'X-Shop-Signature': `sig=${hmac(body, 'sha512').digest('base64')}` })
  }
}

let deliveries = 0
const newId = () => `msg_${++deliveries}`

t.test('public is the default, and everybody may call', async t => {
  for (const access of [undefined, { mode: 'public' }]) {
    const id = await create({ code: ECHO, access })
    const answer = await fetch(`/fn/${id}`)
    t.equal(answer.status, 200)
    t.match(await answer.json(), { caller: { kind: 'anyone' }, trigger: 'http' })
  }
})

t.test(
  'key: with the right one in either header the function runs, and is told whose it is',
  async t => {
    const id = await create({ code: ECHO, access: { mode: 'key' } })
    const made = (await call('POST', `/api/functions/${id}/keys`, { name: 'shop' })).json
    for (const headers of [
      { Authorization: `Bearer ${made.key}` },
      { 'X-Function-Key': made.key },
      { 'X-Function-Key': made.key, Authorization: 'Bearer of-its-own' },
      { 'X-Function-Key': 'wrong', Authorization: `Bearer ${made.key}` }
    ] as Headers[]) {
      const answer = await fetch(`/fn/${id}`, { headers })
      t.equal(answer.status, 200)
      const text = await answer.text()
      t.match(JSON.parse(text), { caller: { kind: 'key', name: 'shop' }, trigger: 'http' })
      t.notMatch(text, made.key, 'the key never reaches the function')
      t.notMatch(text, 'X-Function-Key')
      t.equal(text.includes('of-its-own'), headers.Authorization === 'Bearer of-its-own')
    }
    const { executions } = (await call('GET', `/api/functions/${id}/executions`)).json
    t.notMatch(JSON.stringify(executions), made.key, 'nor a record')
    const used = async () =>
      (await call('GET', `/api/functions/${id}/keys`)).json.keys[0].last_used_at > 0
    await eventually(t, used, true)
  }
)

t.test('key: without a right one the answer is 401, and nothing was touched', async t => {
  const id = await create({ code: ECHO, access: { mode: 'key' } })
  const other = await create({ access: { mode: 'key' } })
  const keyOf = async (fn: string, fields: object) =>
    (await call('POST', `/api/functions/${fn}/keys`, { name: 'k', ...fields })).json
  const [right, expired, ended, foreign] = [
    await keyOf(id, {}),
    await makeExpired(at => keyOf(id, { expires_at: at })),
    await keyOf(id, {}),
    await keyOf(other, {})
  ]
  await call('DELETE', `/api/functions/${id}/keys/${ended.id}`)
  const wrong: Array<[string, Headers]> = [
    ['none', {}],
    ['expired', { Authorization: `Bearer ${expired.key}` }],
    ['ended', { 'X-Function-Key': ended.key }],
    ['of another function', { Authorization: `Bearer ${foreign.key}` }],
    ['of the API', { Authorization: 'Bearer test-key' }],
    ['cut', { Authorization: `Bearer ${right.key.slice(0, -1)}` }],
    ['longer', { 'X-Function-Key': `${right.key}x` }],
    ['another case', { 'X-Function-Key': right.key.toUpperCase() }],
    ['another scheme', { Authorization: `Basic ${right.key}` }],
    ['no scheme', { Authorization: right.key }],
    ['empty', { Authorization: 'Bearer ', 'X-Function-Key': '' }],
    ['its id', { 'X-Function-Key': right.id }],
    ['very long', { 'X-Function-Key': 'x'.repeat(8000) }]
  ]
  for (const method of ['GET', 'POST', 'HEAD']) {
    for (const [what, headers] of wrong) {
      await untouched(id, async () => {
        const body = method === 'POST' ? 'body' : undefined
        const answer = await fetch(`/fn/${id}/below?x=1`, { method, headers, body: body ?? null })
        t.equal(answer.status, 401, `${method} ${what}`)
        t.equal(answer.headers.get('www-authenticate'), 'Bearer realm="function"')
        t.equal(answer.headers.get('x-execution-id'), null)
        if (method !== 'HEAD') t.match(await answer.json(), { error: /one of its keys/ })
      })
    }
  }
  const { refused } = (await call('GET', `/api/functions/${id}/usage`)).json
  t.same(refused, { key: wrong.length * 3 })
  t.equal((await fetch(`/fn/${id}?key=${right.key}`)).status, 401, 'an address is no place for it')
})

t.test('key: several at once, each ended by itself, at once', async t => {
  const id = await create({ code: ECHO, access: { mode: 'key' } })
  const keys = []
  for (const name of ['old', 'new']) {
    keys.push((await call('POST', `/api/functions/${id}/keys`, { name })).json)
  }
  const status = async (key: string) =>
    (await fetch(`/fn/${id}`, { headers: { 'X-Function-Key': key } })).status
  for (const { key } of keys) t.equal(await status(key), 200)
  await call('DELETE', `/api/functions/${id}/keys/${keys[0].id}`)
  t.equal(await status(keys[0].key), 401)
  t.equal(await status(keys[1].key), 200)
})

t.test(
  'key: a function takes its keys as soon as the mode is set, and all calls when it is cleared',
  async t => {
    const id = await create({ code: ECHO })
    t.equal((await fetch(`/fn/${id}`)).status, 200)
    await call('PUT', `/api/functions/${id}`, { access: { mode: 'key' } })
    t.equal((await fetch(`/fn/${id}`)).status, 401)
    await call('PUT', `/api/functions/${id}`, { access: {} })
    t.equal((await fetch(`/fn/${id}`)).status, 200)
  }
)

for (const [preset, { access, secret, sign, timed }] of Object.entries(signers)) {
  t.test(`signature: ${preset}`, async t => {
    const id = await create({
      code: ECHO,
      access: { mode: 'signature', secret: 'WEBHOOK_SECRET', ...access }
    })
    const post = (headers: Headers, body = '{"a":1}') =>
      fetch(`/fn/${id}`, { method: 'POST', headers, body })
    const refused = async (what: string, headers: Headers, body?: string) => {
      await untouched(id, async () => {
        const answer = await post(headers, body)
        t.equal(answer.status, 401, what)
        t.match(answer.headers.get('www-authenticate'), /^Signature realm="function"/)
        t.match(await answer.json(), { error: /signature/ })
      })
    }
    const right = (body = '{"a":1}') => sign(body, nowSeconds(), newId())

    await refused('its secret is not set', right())
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { WEBHOOK_SECRET: secret } })
    const answer = await post(right())
    t.equal(answer.status, 200, 'right')
    t.match(await answer.json(), {
      caller: { kind: 'signature' },
      trigger: 'http',
      body: '{"a":1}'
    })
    t.equal((await post(right(''), '')).status, 200, 'an empty body')
    const bytes = 'ü\u0000\r\n{'
    t.equal((await post(right(bytes), bytes)).status, 200, 'whatever the body is')

    await refused('another body', right(), '{"a":2}')
    await refused('missing', {})
    const signed = right()
    for (const name of Object.keys(signed)) {
      const { [name]: value = '', ...rest } = signed
      await refused(`without ${name}`, rest)
      for (const bad of ['x', `${value}x`, value.slice(1), 'é', ',', '=', '0'.repeat(5000)]) {
        await refused(`${name}: ${bad.slice(0, 80)}`, { ...rest, [name]: bad })
      }
    }
    const wrongKey = sign('{"a":1}', nowSeconds(), newId())
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { WEBHOOK_SECRET: 'changed' } })
    await refused('with the former secret', wrongKey)
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { WEBHOOK_SECRET: secret } })
    if (timed) {
      await refused('expired', sign('{"a":1}', nowSeconds() - 301, newId()))
      await refused('from the future', sign('{"a":1}', nowSeconds() + 310, newId()))
    }
    t.equal(await runs(id), 3)
  })
}

/** What is delivered again, with an id that is signed. */
const repeated: Record<string, (id: string) => [body: string, sign: Sign]> = {
  'standard-webhooks': () => ['{}', signers['standard-webhooks']!.sign],
  stripe: id => [JSON.stringify({ id, object: 'event' }), signers.stripe!.sign],
  slack: id => [JSON.stringify({ event_id: id }), signers.slack!.sign]
}

for (const [preset, make] of Object.entries(repeated)) {
  t.test(`signature: ${preset} delivers again what succeeded, and it is not run again`, async t => {
    const { access, secret } = signers[preset]!
    const id = await create({ code: ECHO, access: { mode: 'signature', secret: 'S', ...access } })
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { S: secret } })
    const deliver = (delivery: string, query = '') => {
      const [body, sign] = make(delivery)
      const headers = sign(body, nowSeconds(), delivery)
      return fetch(`/fn/${id}${query}`, { method: 'POST', headers, body })
    }
    const first = newId()
    t.equal((await deliver(first, '?status=500')).status, 500)
    t.equal((await deliver(first, '?status=404')).status, 404, 'a failure frees the id')
    t.equal((await deliver(first)).status, 200)
    t.equal(await runs(id), 3)
    await untouched(id, async () => {
      const again = await deliver(first)
      t.equal(again.status, 200)
      t.equal(again.headers.get('x-execution-id'), null)
      t.same(await again.json(), { status: 'already handled' })
    })
    t.equal((await deliver(newId())).status, 200)
    t.equal(await runs(id), 4)
  })
}

t.test(
  'signature: the secret may be a shared variable, unless the function has its own',
  async t => {
    const id = await create({
      code: ECHO,
      access: { mode: 'signature', preset: 'github', secret: 'SHARED_SECRET' }
    })
    const signWith = (secret: string) => ({
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update('{}').digest('hex')}`,
      'X-GitHub-Delivery': newId()
    })
    const post = async (secret: string) =>
      (await fetch(`/fn/${id}`, { method: 'POST', headers: signWith(secret), body: '{}' })).status
    t.equal(await post('of all'), 401)
    await call('PUT', '/api/env', { env_vars: { SHARED_SECRET: 'of all' } })
    t.equal(await post('of all'), 200)
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { SHARED_SECRET: 'its own' } })
    t.equal(await post('of all'), 401)
    t.equal(await post('its own'), 200)
  }
)

t.test('signature: a delivery that is being run is not run beside itself', async t => {
  const id = await create({
    code: `function handler() time.sleep(1500) return { body = "done" } end`,
    access: { mode: 'signature', preset: 'standard-webhooks', secret: 'S' }
  })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { S: STANDARD } })
  const { sign } = signers['standard-webhooks']!
  const delivery = newId()
  const deliver = () =>
    fetch(`/fn/${id}`, { method: 'POST', headers: sign('{}', nowSeconds(), delivery), body: '{}' })
  const statuses = (await Promise.all([deliver(), deliver(), deliver()])).map(a => a.status).sort()
  t.same(statuses, [200, 409, 409])
  t.equal((await deliver()).status, 200)
  t.equal(await runs(id), 1)
})

t.test('signature: github deliveries with the same body are each run', async t => {
  const id = await create({
    code: ECHO,
    access: { mode: 'signature', preset: 'github', secret: 'S' }
  })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { S: SECRET } })
  for (let i = 0; i < 2; i++) {
    const headers = signers.github!.sign('{}', 0, '')
    t.equal((await fetch(`/fn/${id}`, { method: 'POST', headers, body: '{}' })).status, 200)
  }
  t.equal(await runs(id), 2)
})

t.test('internal: by HTTP it is as if it were not there', async t => {
  const id = await create({ code: ECHO, access: { mode: 'internal' } })
  const comparable = async (answer: Response) => {
    const { date: _date, ...headers } = Object.fromEntries(answer.headers)
    return { status: answer.status, headers, text: await answer.text() }
  }
  const unknown = await comparable(await fetch('/fn/d2c1v7h8e9k0m3n4p5q6'))
  t.equal(unknown.status, 404)
  for (const headers of [
    {},
    { Authorization: 'Bearer test-key' },
    { 'X-Moonlet-Chain': `1.${nowSeconds()}.i.${'0'.repeat(64)}` }
  ] as Headers[]) {
    await untouched(id, async () => {
      t.same(await comparable(await fetch(`/fn/${id}`, { headers })), unknown)
    })
  }
  const { refused } = (await call('GET', `/api/functions/${id}/usage`)).json
  t.same(refused, { internal: 3 })
})

t.test('internal: other functions, drafts and reruns may run it', async t => {
  const id = await create({ code: ECHO, access: { mode: 'internal' } })
  const caller = await create({
    code: `function handler(ctx)
      local reply, err = http.get(ctx.baseUrl .. "/fn/${id}")
      return { statusCode = reply and reply.statusCode or 502, body = reply and reply.body or err }
    end`
  })
  const answer = await fetch(`/fn/${caller}`)
  t.equal(answer.status, 200)
  t.match(await answer.json(), { caller: { kind: 'anyone' }, trigger: 'http' })
  const draft = await call('POST', `/api/functions/${id}/draft`, { code: ECHO })
  t.match(draft.json, { status_code: 200, body: /"trigger":"draft"/ })
  const [execution] = (await call('GET', `/api/functions/${id}/executions`)).json.executions
  const rerun = await call('POST', `/api/executions/${execution.id}/rerun`)
  t.equal(rerun.status, 200)
  t.equal(await runs(id), 2)
})

t.test('internal: what a function sends to strangers lets them in nowhere', async t => {
  const id = await create({ code: ECHO, access: { mode: 'internal' } })
  const chains: unknown[] = []
  const stranger = createServer((request, response) => {
    chains.push(request.headers['x-moonlet-chain'])
    response.end()
  })
  await once(stranger.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => stranger.close())
  const { port } = stranger.address() as { port: number }
  const caller = await create({
    code: `function handler() http.get("http://127.0.0.1:${port}/") return {} end`
  })
  await fetch(`/fn/${caller}`)
  t.match(chains[0], /^1\.\d+\.[\da-f]{64}$/)
  const replayed = { 'X-Moonlet-Chain': String(chains[0]) }
  t.equal((await fetch(`/fn/${id}`, { headers: replayed })).status, 404)
  const forged = { 'X-Moonlet-Chain': String(chains[0]).replace(/\.(?=[^.]*$)/, '.i.') }
  t.equal((await fetch(`/fn/${id}`, { headers: forged })).status, 404)
})

t.test('a disabled function is refused as such before anybody is asked for a key', async t => {
  const id = await create({ access: { mode: 'key' } })
  await call('PUT', `/api/functions/${id}`, { disabled: true })
  t.equal((await fetch(`/fn/${id}`)).status, 403)
})

t.test(
  'X-Trigger from outside reaches no function, and ctx.trigger does not follow it',
  async t => {
    const id = await create({ code: ECHO })
    const answer = await fetch(`/fn/${id}`, { headers: { 'X-Trigger': 'cron' } })
    const { headers, trigger } = (await answer.json()) as { headers: Headers; trigger: string }
    t.equal(trigger, 'http')
    t.notOk('X-Trigger' in headers)
  }
)

t.test('refused calls are in the metrics by function and reason', async t => {
  const id = await create({ access: { mode: 'key' } })
  await fetch(`/fn/${id}`)
  const metric = `moonlet_refused_calls_total{function="${id}",reason="key"} 1\n`
  t.match((await call('GET', '/metrics')).text, metric)
  await call('DELETE', `/api/functions/${id}`)
  const isGone = async () => !(await call('GET', '/metrics')).text.includes(id)
  await eventually(t, isGone, true, 'and gone with the function')
})
