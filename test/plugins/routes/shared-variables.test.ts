/** Variables that all functions share, by the API and in runs. */
import t from 'tap'
import { buildApi } from '../../helpers/api.js'

const api = await buildApi(t)
const { call, callOpen, create } = api
const set = (variables: unknown, headers?: Record<string, string>) =>
  call('PUT', '/api/env', { env_vars: variables }, headers)
const READ =
  'function handler(ctx, event) local v = env.get(event.query.name) ' +
  'log.info("it is " .. tostring(v)) return { statusCode = 200, body = tostring(v) } end'
const run = (id: string, name: string) => callOpen('GET', `/fn/${id}?name=${name}`)
const tokenWith = async (wish: object) => {
  const { json } = await call('POST', '/api/tokens', { name: 't', ...wish })
  return { authorization: `Bearer ${json.token}` }
}

t.afterEach(async () => {
  await set({})
  await call('DELETE', '/api/env/history')
})

t.test('they are read and replaced as a whole, by the rules of the own ones', async t => {
  t.same((await call('GET', '/api/env')).json, { env_vars: {} })
  const put = await set({ B: '2', A: '1' })
  t.equal(put.status, 200, put.text)
  t.same(put.json, { env_vars: { A: '1', B: '2' } })
  const read = await call('GET', '/api/env')
  t.same(read.json, put.json)
  t.equal(read.headers.etag, put.headers.etag)
  for (const wrong of [
    undefined,
    null,
    'x',
    [],
    { 'A-B': 'x' },
    { A: '' },
    { A: null },
    { A: 1 },
    { '': 'x' },
    { A: 'x'.repeat(10_001) },
    { ['K'.repeat(101)]: 'x' },
    Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`V${i}`, 'x']))
  ]) {
    const { status, json } = await set(wrong)
    const own = await call('PUT', `/api/functions/${await create()}/env`, { env_vars: wrong })
    t.equal(status, 400, JSON.stringify(wrong)?.slice(0, 40))
    t.same([status, json], [own.status, own.json], 'with the same words')
  }
  t.same((await call('GET', '/api/env')).json, put.json, 'and nothing was changed')
})

t.test('a change with another tag is refused and told what is there', async t => {
  const { headers } = await set({ A: '1' })
  const stale = String(headers.etag)
  const theirs = await set({ A: '2' })
  const refused = await set({ A: '3' }, { 'if-match': stale })
  t.equal(refused.status, 412)
  t.same(refused.json.current, { env_vars: { A: '2' } })
  t.equal(refused.headers.etag, theirs.headers.etag)
  t.equal((await set({ A: '3' }, { 'if-match': String(refused.headers.etag) })).status, 200)
  t.equal((await set({ A: '4' }, { 'if-match': 'x' })).status, 400)
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => set({ A: `of ${i}` }, { 'if-match': '"x"' }))
  )
  t.ok(answers.every(({ status }) => status === 412))
})

t.test(
  "a run sees the function's own, then the shared one; a change counts from the next",
  async t => {
    const [id, other] = [await create({ code: READ }), await create({ code: READ })]
    t.equal((await run(id, 'A')).text, 'nil')
    await set({ A: 'shared', B: 'b' })
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { A: 'own' } })
    t.equal((await run(id, 'A')).text, 'own')
    t.equal((await run(other, 'A')).text, 'shared')
    t.equal((await run(id, 'B')).text, 'b')
    await set({ A: 'changed' })
    t.equal((await run(other, 'A')).text, 'changed')
    t.equal((await run(id, 'B')).text, 'nil')
    const { json } = await call('POST', `/api/functions/${other}/draft`, {
      code: READ,
      event: { query: { name: 'A' } }
    })
    t.equal(json.body, 'changed', 'a draft too')
  }
)

t.test('a function that sets and removes its own leaves the shared one alone', async t => {
  const id = await create({
    code:
      'function handler() local a = env.get("A") env.set("A", "mine") local b = env.get("A") ' +
      'env.delete("A") return { body = a .. b .. env.get("A") } end'
  })
  await set({ A: 'shared' })
  t.equal((await callOpen('GET', `/fn/${id}`)).text, 'sharedmineshared')
  t.same((await call('GET', '/api/env')).json.env_vars, { A: 'shared' })
})

t.test('their values are in no log and no record of any function', async t => {
  const id = await create({ code: READ, save_response: true })
  await set({ A: 'hush-hush-hush' })
  const { headers, text } = await run(id, 'A')
  t.equal(text, 'hush-hush-hush', 'the caller gets what the function answers')
  const at = `/api/executions/${String(headers['x-execution-id'])}`
  const logs = await call('GET', `${at}/logs`)
  t.match(logs.json.logs, [{ message: 'it is [REDACTED]' }])
  t.notMatch((await call('GET', at)).text, 'hush-hush-hush')
  t.notMatch((await call('GET', '/api/audit?limit=100')).text, 'hush-hush-hush')
})

t.test('reading a function tells the names of those that are shared', async t => {
  const id = await create()
  t.same((await call('GET', `/api/functions/${id}`)).json.shared, [])
  await set({ B: 'x', A: 'y' })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { A: 'own' } })
  const { json } = await call('GET', `/api/functions/${id}`)
  t.same(json.shared, ['A', 'B'])
  t.same(json.env_vars, { A: 'own' }, 'and what is its own stays that')
})

t.test('what they were before can be listed, seen, brought back and forgotten', async t => {
  await set({ A: '1' })
  await set({ A: '2', B: 'x' })
  const { json } = await call('GET', '/api/env/history')
  t.equal(json.pagination.total, 2)
  t.match(json.history, [
    {
      replaced_by: 'user',
      changes: [
        { name: 'A', change: 'changed' },
        { name: 'B', change: 'added' }
      ]
    },
    { changes: [{ name: 'A', change: 'added' }] }
  ])
  const at = `/api/env/history/${json.history[0].id}`
  t.same((await call('GET', at)).json.env_vars, { A: '1' })
  const { status } = await call('POST', `${at}/restore`, undefined, { 'if-match': '"x"' })
  t.equal(status, 412)
  t.equal((await call('POST', `${at}/restore`)).status, 200)
  t.same((await call('GET', '/api/env')).json.env_vars, { A: '1' })
  const [entry] = (await call('GET', '/api/audit?limit=1')).json.entries
  t.match(entry, {
    action: 'shared_variables.restore',
    target: { kind: 'shared_variables' },
    before: { env_vars: ['A', 'B'] },
    after: { env_vars: ['A'], changed_env_vars: ['A'] }
  })
  t.equal(entry.function_id, undefined)
  const id = await create()
  t.equal((await call('GET', `/api/functions/${id}/env/history/${json.history[0].id}`)).status, 404)
  for (const wrong of ['0', 'x', '9999']) {
    t.equal((await call('GET', `/api/env/history/${wrong}`)).status, 404)
  }
  t.equal((await call('DELETE', '/api/env/history')).status, 204)
  t.equal((await call('GET', '/api/env/history')).json.pagination.total, 0)
})

t.test(
  'their values are for those who may change them, and not for some functions only',
  async t => {
    await set({ A: 'hush' })
    const id = await create()
    const reader = await tokenWith({ scopes: ['functions:read'] })
    t.same((await callOpen('GET', '/api/env', undefined, reader)).json, { env_vars: { A: '' } })
    t.equal((await callOpen('PUT', '/api/env', { env_vars: {} }, reader)).status, 403)
    const writer = await tokenWith({ scopes: ['functions:read', 'functions:write'] })
    t.same((await callOpen('GET', '/api/env', undefined, writer)).json, { env_vars: { A: 'hush' } })
    t.equal((await callOpen('PUT', '/api/env', { env_vars: { A: 'x' } }, writer)).status, 200)
    const limited = await tokenWith({ scopes: ['admin'], functions: [id] })
    t.equal((await callOpen('GET', '/api/env', undefined, limited)).status, 403)
    t.equal((await callOpen('PUT', '/api/env', { env_vars: {} }, limited)).status, 403)
    const shown = await callOpen('GET', `/api/functions/${id}`, undefined, limited)
    t.same(shown.json.shared, ['A'])
    t.equal((await callOpen('GET', '/api/env')).status, 401)
  }
)
