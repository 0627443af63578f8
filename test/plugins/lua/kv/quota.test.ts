/** Quotas of stored values as a function and a caller of the API meet them. */
import t from 'tap'
import { buildApi } from '../../../helpers/api.js'

const api = await buildApi(t, { KV_LIMIT_PER_FUNCTION: '1MiB' })
const handler = (body: string) => `function handler(ctx, event)\n${body}\nend\n`

t.test(
  'a large value that has no room raises an error that can be caught, and nothing is lost',
  async t => {
    const id = await api.create({
      code: handler(`
      kv.set("a", ("x"):rep(700000))
      local ok, err = pcall(kv.set, "b", ("x"):rep(700000))
      return { body = json.encode({ ok = ok, err = err, a = #kv.get("a"), b = kv.get("b") }) }`)
    })
    const { status, json } = await api.callOpen('GET', `/fn/${id}`)
    t.equal(status, 200)
    t.match(json, {
      ok: false,
      err: /kv\.set: no room for 7\d+ bytes more: of 1048576 bytes for the store of this function \(setting KV_LIMIT_PER_FUNCTION\)/,
      a: 700_000
    })
    t.notOk('b' in json)
  }
)

t.test('small values that have no room raise an error that can be caught', async t => {
  const id = await api.create({
    code: handler(`
      local written = 0
      local ok, err = pcall(function ()
        for i = 1, 2000 do kv.set("k" .. i, ("x"):rep(1000)) written = i end
      end)
      return { body = json.encode({
        ok = ok, err = err, last = kv.get("k" .. written) ~= nil, beyond = kv.get("k" .. written + 1) ~= nil
      }) }`)
  })
  const { status, json } = await api.callOpen('GET', `/fn/${id}`)
  t.equal(status, 200)
  t.match(json, {
    ok: false,
    err: /kv\.set: no room for 10\d\d bytes more/,
    last: true,
    beyond: false
  })
})

t.test('the same where one run fills an empty store of many megabytes by itself', async t => {
  const api = await buildApi(t, { KV_LIMIT_PER_FUNCTION: '12MiB' })
  const id = await api.create({
    code: handler(`
      local written = 0
      local ok, err = pcall(function ()
        for i = 1, 2000 do kv.set("k" .. i, ("x"):rep(10000)) written = i end
      end)
      return { body = json.encode({
        ok = ok, err = err, last = kv.get("k" .. written) ~= nil, beyond = kv.get("k" .. written + 1) ~= nil
      }) }`)
  })
  const { status, json } = await api.callOpen('GET', `/fn/${id}`)
  t.equal(status, 200)
  t.match(json, {
    ok: false,
    err: /kv\.set: no room for 100\d\d bytes more/,
    last: true,
    beyond: false
  })
})

t.test('small values that have no room fail the run with that error', async t => {
  const id = await api.create({
    code: handler('for i = 1, 2000 do kv.set("k" .. i, ("x"):rep(1000)) end return {}')
  })
  const failed = await api.callOpen('GET', `/fn/${id}`)
  t.equal(failed.status, 500)
  const { json } = await api.call(
    'GET',
    `/api/executions/${String(failed.headers['x-execution-id'])}`
  )
  t.match(json, { status: 'error', error_message: /kv\.set: no room for 10\d\d bytes more/ })
  const kept = await api.call('GET', `/api/functions/${id}/kv/k1`)
  t.equal(kept.text, 'x'.repeat(1000), 'what had room is kept')
})

t.test('increment and compareAndSet raise at once', async t => {
  const id = await api.create({
    code: handler(`
      kv.set("a", ("x"):rep(1048576 - 200))
      local _, first = pcall(kv.increment, ("k"):rep(200))
      local _, second = pcall(kv.compareAndSet, "c", nil, ("x"):rep(200))
      return { body = first .. "\\n" .. second }`)
  })
  t.match(
    (await api.callOpen('GET', `/fn/${id}`)).text,
    /kv\.increment: no room[^]*\n.*kv\.compareAndSet: no room/
  )
})

t.test('the API answers 507, and shows what is used beside the limit', async t => {
  const id = await api.create()
  t.equal((await api.call('PUT', `/api/functions/${id}/kv/a`, 'x'.repeat(700_000))).status, 204)
  t.match(await api.call('PUT', `/api/functions/${id}/kv/b`, 'x'.repeat(700_000)), {
    status: 507,
    json: { error: /no room/ }
  })
  const { json } = await api.call('GET', '/api/status')
  t.match(json, { limits: { kv_per_function: 1048576, history: 2 * 1024 ** 3 } })
  t.ok(json.usage.kv > 2_000_000 && json.usage.history > 0)
})
