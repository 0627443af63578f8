import t from 'tap'
import { createIdSource } from '../../../core/base/ids.js'
import { buildApi, CODE } from '../../helpers/api.js'

const ids = createIdSource()

t.test('several functions are changed and created in one request', async t => {
  const { call, create } = await buildApi(t)
  const present = await create()
  const etag = String((await call('GET', `/api/functions/${present}`)).headers.etag)
  const made = ids.next()
  const { status, json } = await call('POST', '/api/push', {
    message: ' in the evening too ',
    commit: 'abc123',
    functions: [
      { id: present, if_match: etag, code: 'return 2', description: 'changed' },
      {
        id: made,
        if_none_match: '*',
        name: 'new',
        code: CODE,
        disabled: true,
        cron_schedule: '0 * * * *',
        cron_status: 'active',
        slug: 'new',
        max_concurrency: 2
      }
    ]
  })
  t.equal(status, 200)
  t.match(json.functions, [
    { id: present, action: 'changed', version: 2 },
    { id: made, action: 'created', version: 1 }
  ])
  for (const { id, etag } of json.functions) {
    t.equal((await call('GET', `/api/functions/${id}`)).headers.etag, etag)
  }
  t.match((await call('GET', `/api/functions/${made}`)).json, {
    name: 'new',
    disabled: true,
    cron_schedule: '0 * * * *',
    cron_status: 'active',
    slug: 'new',
    max_concurrency: 2,
    active_version: { code: CODE, created_by: 'api_key', message: 'in the evening too' }
  })
  t.match((await call('GET', `/api/functions/${present}/versions`)).json.versions, [
    { version: 2, is_active: true, message: 'in the evening too', commit: 'abc123' },
    { version: 1, is_active: false }
  ])
})

t.test('one function in another state: none is changed, and the answer names it', async t => {
  const { call, create } = await buildApi(t)
  const [one, two] = [await create({ name: 'one' }), await create({ name: 'two' })]
  const made = ids.next()
  for (const [id, condition] of [
    [two, { if_match: '"old"' }],
    [two, { if_none_match: '*' }],
    [ids.next(), { if_match: '"gone"', name: 'three', code: CODE }]
  ] as const) {
    const { status, json } = await call('POST', '/api/push', {
      functions: [
        { id: one, name: 'changed', code: 'return 2' },
        { id: made, name: 'made', code: CODE },
        { id, description: 'changed', ...condition }
      ]
    })
    t.equal(status, 412)
    t.same(json.conflicts, [id])
  }
  t.match((await call('GET', `/api/functions/${one}`)).json, {
    name: 'one',
    active_version: { version: 1 }
  })
  t.equal((await call('GET', `/api/functions/${made}`)).status, 404)
})

t.test('what fails in the middle of a push undoes all of it, also in memory', async t => {
  const { call, create } = await buildApi(t)
  const [one, two] = [await create({ slug: 'taken' }), await create()]
  const made = ids.next()
  const { status, json } = await call('POST', '/api/push', {
    functions: [
      { id: made, name: 'made', code: CODE, slug: 'made', kv_bytes: 1000 },
      { id: two, code: 'return 2', kv_bytes: 1000 },
      { id: ids.next(), name: 'third', code: CODE, slug: 'taken' }
    ]
  })
  t.match([status, json.error], [409, /slug: "taken" is the slug of the function/])
  t.equal((await call('GET', `/api/functions/${made}`)).status, 404)
  t.match((await call('GET', `/api/functions/${two}`)).json.active_version, { version: 1 })
  t.notSame((await call('GET', `/api/functions/${two}/usage`)).json.kv?.limit, 1000)
  // The row of the undone function is given to the next one, which must not inherit anything.
  const next = await create({ slug: 'made' })
  t.equal((await call('GET', `/api/functions/${next}`)).status, 200)
  t.equal((await call('GET', `/api/functions/${one}`)).json.slug, 'taken')
})

t.test('bad pushes are refused with the function and the field that is wrong', async t => {
  const { call, create } = await buildApi(t)
  const id = await create()
  for (const [body, error] of [
    [{}, 'functions: functions must have 1 to 1000 entries'],
    [{ functions: {} }, 'Invalid request body'],
    [{ functions: [] }, 'functions: functions must have 1 to 1000 entries'],
    [{ functions: [{ id }, { id }] }, 'functions: functions has the same id twice'],
    [{ functions: [{ id, name: 'n', code: ' ' }] }, 'n: code: code cannot be empty'],
    [{ functions: [{ id }] }, `${id}: request: at least one field must be provided for update`],
    [
      { functions: [{ id: '../x', name: 'n', code: CODE }] },
      'n: id: id must be 20 of the characters 0-9 and a-v'
    ],
    [{ functions: [{ id: 'a'.repeat(20), name: 'n' }] }, /a new function needs a name and code/],
    [{ functions: [{ id, code: CODE, if_match: 'x' }] }, /If-Match must be \* or a list/],
    [
      { message: 'm'.repeat(501), functions: [{ id, code: CODE }] },
      'message: message cannot be longer than 500 bytes'
    ],
    [
      { commit: 'c'.repeat(101), functions: [{ id, code: CODE }] },
      'commit: commit cannot be longer than 100 bytes'
    ]
  ] as const) {
    t.match(await call('POST', '/api/push', body), { status: 400, json: { error } })
  }
  t.match((await call('GET', `/api/functions/${id}/versions`)).json.pagination, { total: 1 })
})

t.test('without activation a push makes versions that do not run', async t => {
  const { call, create } = await buildApi(t)
  const id = await create()
  await call('POST', '/api/push', { activate: false, functions: [{ id, code: 'return 2' }] })
  t.match((await call('GET', `/api/functions/${id}/versions`)).json.versions, [
    { version: 2, is_active: false },
    { version: 1, is_active: true }
  ])
})

t.test('creating and changing a function alone keeps message and commit too', async t => {
  const { call, create } = await buildApi(t)
  const id = await create({ message: 'first', commit: 'c1' })
  await call('PUT', `/api/functions/${id}`, { code: 'return 2', message: 'second', commit: 'c2' })
  t.match((await call('GET', `/api/functions/${id}/versions`)).json.versions, [
    { version: 2, message: 'second', commit: 'c2', created_by: 'api_key' },
    { version: 1, message: 'first', commit: 'c1', created_by: 'api_key' }
  ])
})

t.test('lists carry the tag that a change of the function is held against', async t => {
  const { call, create } = await buildApi(t)
  const id = await create()
  const [listed] = (await call('GET', '/api/functions')).json.functions
  t.equal(listed.etag, (await call('GET', `/api/functions/${id}`)).headers.etag)
})
