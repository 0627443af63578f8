/** How often and how much: each limit of a function, reached over HTTP. */
import { connect } from 'node:net'
import t from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { ECHO, open } from './door.js'

const world = await open(t, { TRUST_PROXY: '127.0.0.1' })
const { call, create, fetch, runs, untouched } = world
const SLOW = 'function handler(ctx, event) time.sleep(3000) return { body = "slow" } end'
const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })

t.test(
  'rate_limit by ip: so many calls of an address pass, the next one is 429 and touches nothing',
  async t => {
    const id = await create({ code: ECHO, rate_limit: { requests: 2, seconds: 3600 } })
    const first = await fetch(`/fn/${id}`, from('203.0.113.1'))
    t.equal(first.status, 200)
    t.equal(first.headers.get('ratelimit-policy'), '"default";q=2;w=3600')
    t.match(first.headers.get('ratelimit'), /^"default";r=1;t=\d+$/)
    t.equal(first.headers.get('retry-after'), null)
    t.equal((await fetch(`/fn/${id}`, from('203.0.113.1'))).status, 200)
    await untouched(id, async () => {
      const over = await fetch(`/fn/${id}/below`, from('203.0.113.1'))
      t.equal(over.status, 429)
      t.match(over.headers.get('ratelimit'), /^"default";r=0;t=\d+$/)
      t.equal(over.headers.get('ratelimit-policy'), '"default";q=2;w=3600')
      const wait = Number(over.headers.get('retry-after'))
      t.ok(wait > 3500 && wait <= 3600)
      t.match(await over.json(), { error: /rate_limit/ })
    })
    t.equal((await fetch(`/fn/${id}`, from('203.0.113.2'))).status, 200, 'another address')
    const { refused, rate_limit: rate } = (await call('GET', `/api/functions/${id}/usage`)).json
    t.same(refused, { rate_limit: 1 })
    const { reset_seconds: reset, ...use } = rate
    t.same(use, { used: 2, limit: 2, seconds: 3600, by: 'ip', callers: 2 })
    t.ok(reset > 3500 && reset <= 3600)
  }
)

t.test('rate_limit by ip: addresses of one IPv6 network are one', async t => {
  const id = await create({ code: ECHO, rate_limit: { requests: 1, seconds: 3600, by: 'ip' } })
  t.equal((await fetch(`/fn/${id}`, from('2001:db8:1:2::1'))).status, 200)
  t.equal((await fetch(`/fn/${id}`, from('2001:db8:1:2:ffff::9'))).status, 429)
  t.equal((await fetch(`/fn/${id}`, from('2001:db8:1:3::1'))).status, 200)
})

t.test('rate_limit by function: all callers together', async t => {
  const id = await create({
    code: ECHO,
    rate_limit: { requests: 1, seconds: 3600, by: 'function' }
  })
  t.equal((await fetch(`/fn/${id}`, from('203.0.113.1'))).status, 200)
  t.equal((await fetch(`/fn/${id}`, from('203.0.113.2'))).status, 429)
})

t.test('rate_limit by caller: each key by itself, and wrong ones use up nothing', async t => {
  const id = await create({
    code: ECHO,
    access: { mode: 'key' },
    rate_limit: { requests: 1, seconds: 3600, by: 'caller' }
  })
  const keys: string[] = []
  for (const name of ['a', 'b']) {
    keys.push((await call('POST', `/api/functions/${id}/keys`, { name })).json.key)
  }
  const status = async (key: string) =>
    (await fetch(`/fn/${id}`, { headers: { 'X-Function-Key': key } })).status
  t.equal(await status('wrong'), 401)
  for (const key of keys) t.equal(await status(key), 200)
  for (const key of keys) t.equal(await status(key), 429)
  t.equal(await status('wrong'), 401)
})

t.test('a rate limit ends with its window, and begins anew when it is changed', async t => {
  const id = await create({ code: ECHO, rate_limit: { requests: 1, seconds: 1, by: 'function' } })
  t.equal((await fetch(`/fn/${id}`)).status, 200)
  t.equal((await fetch(`/fn/${id}`)).status, 429)
  let isOpen = false
  await eventually(t, async () => (isOpen ||= (await fetch(`/fn/${id}`)).status === 200), true)
  const rate = { requests: 5, seconds: 3600, by: 'function' }
  await call('PUT', `/api/functions/${id}`, { rate_limit: rate })
  const use = async () => (await call('GET', `/api/functions/${id}/usage`)).json.rate_limit
  t.same(await use(), { used: 0, limit: 5, seconds: 3600, by: 'function', callers: 0 })
  t.equal((await fetch(`/fn/${id}`)).headers.get('ratelimit-policy'), '"default";q=5;w=3600')
  t.match(await use(), { used: 1, callers: 1 })
  await call('PUT', `/api/functions/${id}`, { rate_limit: {} })
  t.equal(await use(), undefined)
  t.equal((await fetch(`/fn/${id}`)).headers.get('ratelimit-policy'), null)
})

t.test('max_concurrency: further calls are 429 until one has ended', async t => {
  const id = await create({ code: SLOW, max_concurrency: 1 })
  const first = fetch(`/fn/${id}`)
  const usage = async () => (await call('GET', `/api/functions/${id}/usage`)).json
  await eventually(t, async () => (await usage()).running, { used: 1, limit: 1 })
  for (const init of [{}, { method: 'POST', body: 'with a body' }]) {
    const over = await fetch(`/fn/${id}`, init)
    t.equal(over.status, 429)
    t.equal(over.headers.get('retry-after'), '1')
    t.match(await over.json(), { error: /max_concurrency/ })
  }
  t.equal((await first).status, 200)
  t.equal(await runs(id), 1)
  t.match(await usage(), { running: { used: 0, limit: 1 }, refused: { concurrency: 2 } })
  await call('PUT', `/api/functions/${id}`, { code: ECHO })
  for (let i = 0; i < 3; i++) {
    t.equal((await fetch(`/fn/${id}`)).status, 200, 'a place is given back')
  }
})

t.test('what was taken back from a process that runs on is not counted as running', async t => {
  const id = await create({
    code: 'function handler(ctx, event) if event.query.long then time.sleep(600000) end return { statusCode = 200 } end'
  })
  const calling = new AbortController()
  t.teardown(() => {
    calling.abort()
  })
  for (let count = 0; count < 2; count++) {
    fetch(`/fn/${id}?long=1`, { signal: calling.signal }).catch(() => {})
  }
  const running = async () => (await call('GET', `/api/functions/${id}/usage`)).json.running.used
  await eventually(t, running, 2)
  const seen = new Set<number>()
  // Short ones are given to processes that run, and taken back from those that turn out to be slow.
  for (let count = 0; count < 30; count++) {
    await fetch(`/fn/${id}`)
    seen.add(await running())
  }
  t.same([...seen], [2])
})

t.test('max_concurrency: of calls that come together as many run as may', async t => {
  const id = await create({ code: SLOW, max_concurrency: 2 })
  const answers = await Promise.all(Array.from({ length: 6 }, () => fetch(`/fn/${id}`)))
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 429, 429, 429, 429])
  t.equal(await runs(id), 2)
})

t.test('max_concurrency: who sends a body slowly, or hangs up, keeps nobody out', async t => {
  const id = await create({ code: ECHO, max_concurrency: 1 })
  const { port } = new URL(world.base)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`POST /fn/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf`)
  t.equal((await fetch(`/fn/${id}`)).status, 200)
  socket.destroy()
  t.equal((await fetch(`/fn/${id}`, { method: 'POST', body: 'x' })).status, 200)
})

t.test('timeout_seconds: a run ends at the time of its function, in drafts too', async t => {
  const id = await create({ code: 'function handler() while true do end end', timeout_seconds: 1 })
  t.equal((await fetch(`/fn/${id}`)).status, 500)
  const [execution] = (await call('GET', `/api/functions/${id}/executions`)).json.executions
  t.match(execution, {
    status: 'error',
    error_message: /timed out after 1 second \(timeout_seconds\)/
  })
  const draft = await call('POST', `/api/functions/${id}/draft`, { code: SLOW })
  t.match(draft.json, { error: { kind: 'timeout' } })
  await call('PUT', `/api/functions/${id}`, { code: SLOW, timeout_seconds: 0 })
  t.equal((await fetch(`/fn/${id}`)).status, 200, 'cleared, that of the server holds')
})

t.test(
  'memory_mb: a run that wants more than its function may hold ends, or catches that',
  async t => {
    const fill = `local kept = {}
    for i = 1, 350000 do kept[i] = { i, i } end
    return { body = tostring(#kept) }`
    const code = `function handler(ctx, event)
    if event.query.caught then
      local ok, err = pcall(function() ${fill} end)
      return { body = err or "fits" }
    end
    ${fill}
  end`
    const id = await create({ code, memory_mb: 32 })
    t.match(await (await fetch(`/fn/${id}?caught=1`)).text(), /not enough memory/)
    t.equal((await fetch(`/fn/${id}`)).status, 500)
    const [execution] = (await call('GET', `/api/functions/${id}/executions`)).json.executions
    t.match(execution.error_message, /not enough memory \(memory_mb is 32\)/)
    await call('PUT', `/api/functions/${id}`, { memory_mb: {} })
    t.equal((await fetch(`/fn/${id}`)).status, 200, 'in the same version, without the limit')
  }
)

t.test('body_limit: a larger body is 413, whether its length is told or not', async t => {
  const id = await create({ code: ECHO, body_limit: 10 })
  const post = (body: BodyInit) =>
    fetch(`/fn/${id}`, { method: 'POST', body, duplex: 'half' } as RequestInit)
  const stream = (text: string) => new Blob([text]).stream()
  t.equal((await post('0123456789')).status, 200)
  t.equal((await post(stream('0123456789'))).status, 200)
  await untouched(id, async () => {
    for (const body of ['01234567890', stream('01234567890')]) {
      const answer = await post(body)
      t.equal(answer.status, 413)
      t.match(await answer.json(), { error: /larger than (the )?10 bytes/ })
    }
  })
  t.match((await call('GET', `/api/functions/${id}/usage`)).json.refused, { body_limit: 2 })
})

t.test('kv_bytes: what does not fit is refused, and the use is told', async t => {
  const code = `function handler(ctx, event)
    local ok, err = kv.set("k", string.rep("x", tonumber(event.query.size)))
    return { statusCode = ok and 200 or 507, body = tostring(err) }
  end`
  const id = await create({ code, kv_bytes: 1000 })
  t.equal((await fetch(`/fn/${id}?size=2000`)).status === 200, false)
  t.equal((await fetch(`/fn/${id}?size=500`)).status, 200)
  const { kv_bytes: kv, history_bytes: history } = (await call('GET', `/api/functions/${id}/usage`))
    .json
  t.equal(kv.limit, 1000)
  t.ok(kv.used >= 500 && kv.used < 1000)
  t.equal(history.limit, 512 * 1024 ** 2)
  t.ok(history.used > 0)
  await call('PUT', `/api/functions/${id}`, { kv_bytes: 0, history_bytes: 1_000_000 })
  t.match((await call('GET', `/api/functions/${id}/usage`)).json, {
    kv_bytes: { limit: 64 * 1024 ** 2 },
    history_bytes: { limit: 1_000_000 }
  })
  t.equal((await call('GET', '/api/functions/none/usage')).status, 404)
})

t.test('a refused call takes no place in the queue, and is refused while that is full', async t => {
  const busy = await open(t, { SANDBOX_MAX: '1', QUEUE_LIMIT: '2' })
  const slow = await busy.create({ code: SLOW })
  const id = await busy.create({ code: ECHO, access: { mode: 'key' } })
  const running = Array.from({ length: 3 }, () => busy.fetch(`/fn/${slow}`))
  const waiting = async () => (await busy.call('GET', '/api/status')).json.sandboxes.waiting
  await eventually(t, waiting, 2)
  for (let i = 0; i < 5; i++) t.equal((await busy.fetch(`/fn/${id}`)).status, 401)
  t.equal(await waiting(), 2)
  for (const answer of await Promise.all(running)) t.equal(answer.status, 200)
})
