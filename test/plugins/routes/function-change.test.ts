import t from 'tap'
import { buildApi, CODE } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

t.test('a change answers with nothing and is there afterwards', async t => {
  const { call, create } = api
  const id = await create()
  const change = {
    name: 'new',
    description: 'd',
    disabled: true,
    retention_days: 30,
    cron_schedule: '*/5 * * * *',
    cron_status: 'active',
    cron_catch_up: true,
    save_response: true
  }
  t.match(await call('PUT', `/api/functions/${id}`, change), { status: 200, text: '' })
  t.match((await call('GET', `/api/functions/${id}`)).json, {
    ...change,
    active_version: { version: 1 }
  })
})

t.test('a cleared schedule reads as an empty text', async t => {
  const { call, create } = api
  const id = await create()
  await call('PUT', `/api/functions/${id}`, { cron_schedule: '* * * * *' })
  await call('PUT', `/api/functions/${id}`, { cron_schedule: '' })
  t.equal((await call('GET', `/api/functions/${id}`)).json.cron_schedule, '')
})

t.test('code makes a new active version, even when it is the same', async t => {
  const { call, create } = api
  const id = await create()
  await call('PUT', `/api/functions/${id}`, { code: CODE })
  await call('PUT', `/api/functions/${id}`, { code: 'other' })
  const { versions } = (await call('GET', `/api/functions/${id}/versions`)).json
  t.same(
    versions.map((version: { version: number; code: string; is_active: boolean }) => [
      version.version,
      version.code,
      version.is_active
    ]),
    [
      [3, 'other', true],
      [2, CODE, false],
      [1, CODE, false]
    ]
  )
})

t.test('a refused change changes nothing', async t => {
  const { call, create } = api
  const id = await create({ description: 'before' })
  const { status, json } = await call('PUT', `/api/functions/${id}`, {
    name: 'x',
    description: 'after',
    code: 'c',
    disabled: true,
    cron_status: 'odd'
  })
  t.same(
    [status, json],
    [400, { error: 'cron_status: cron_status must be one of: [active paused]' }]
  )
  t.match((await call('GET', `/api/functions/${id}`)).json, {
    name: 'a function',
    description: 'before',
    disabled: false,
    active_version: { version: 1 }
  })
})

t.test('an empty change is refused, also when all its fields are null', async t => {
  const { call, create } = api
  const id = await create()
  for (const body of [{}, { name: null, code: null }, { colour: 'red' }]) {
    t.same((await call('PUT', `/api/functions/${id}`, body)).json, {
      error: 'request: at least one field must be provided for update'
    })
  }
})

t.test('a change is checked before the function is looked for', async t => {
  const { call } = api
  t.match(await call('PUT', '/api/functions/none', { name: '' }), {
    status: 400,
    json: { error: 'name: name cannot be empty' }
  })
  t.match(await call('PUT', '/api/functions/none', { name: 'x' }), {
    status: 404,
    json: { error: 'Function not found' }
  })
  t.match(await call('PUT', '/api/functions/none', { code: 'x' }), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test(
  'changes of code at the same time make versions without a gap, the last one active',
  async t => {
    const { call, create } = api
    const id = await create()
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        call('PUT', `/api/functions/${id}`, { code: `code ${i}` })
      )
    )
    t.ok(answers.every(({ status }) => status === 200))
    const { versions } = (await call('GET', `/api/functions/${id}/versions?limit=100`)).json
    t.same(
      versions.map(({ version }: { version: number }) => version),
      Array.from({ length: 31 }, (_, i) => 31 - i)
    )
    t.equal(versions.filter(({ is_active: active }: { is_active: boolean }) => active).length, 1)
    t.equal(versions[0].is_active, true)
  }
)

t.test('the whole set of variables is replaced, with the active version as the answer', async t => {
  const { call, create } = api
  const id = await create()
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { OLD: '1', BOTH: '1' } })
  const { status, json } = await call('PUT', `/api/functions/${id}/env`, {
    env_vars: { BOTH: '2', NEW: 'ü' }
  })
  t.match([status, json], [200, { function_id: id, version: 1, is_active: true, code: CODE }])
  t.strictSame((await call('GET', `/api/functions/${id}`)).json.env_vars, { BOTH: '2', NEW: 'ü' })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: {} })
  t.strictSame((await call('GET', `/api/functions/${id}`)).json.env_vars, {})
})

t.test('__proto__ is a variable like any other', async t => {
  const { call, create } = api
  const id = await create()
  t.equal(
    (
      await call(
        'PUT',
        `/api/functions/${id}/env`,
        '{"env_vars":{"__proto__":"x","constructor":"y"}}'
      )
    ).status,
    200
  )
  t.match(
    (await call('GET', `/api/functions/${id}`)).text,
    /"env_vars":\{"__proto__":"x","constructor":"y"\}/
  )
})

t.test('variables are checked before the function is looked for', async t => {
  const { call } = api
  t.same((await call('PUT', '/api/functions/none/env', {})).json, {
    error: 'env_vars: env_vars cannot be nil'
  })
  t.same((await call('PUT', '/api/functions/none/env', { env_vars: { A: null } })).json, {
    error: 'env_var_value: environment variable value cannot be empty'
  })
  t.match(await call('PUT', '/api/functions/none/env', { env_vars: {} }), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('replacements at the same time leave one of the sets, whole', async t => {
  const { call, create } = api
  const id = await create()
  const sets = Array.from({ length: 20 }, (_, i) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`V${n}`, String(i)]))
  )
  await Promise.all(sets.map(set => call('PUT', `/api/functions/${id}/env`, { env_vars: set })))
  const values = Object.values((await call('GET', `/api/functions/${id}`)).json.env_vars)
  t.equal(values.length, 20)
  t.equal(new Set(values).size, 1)
})
