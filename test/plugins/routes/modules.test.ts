/** The API of shared modules. */
import t from 'tap'
import { createIdSource } from '../../../core/base/ids.js'
import { buildApi, type Api } from '../../helpers/api.js'

// One server for all: each test has modules of its own.
const api = await buildApi(t)
const ids = createIdSource()

let count = 0
/** A name that no other test has. */
const freshName = () => `module_${++count}`

async function createModule({ call }: Pick<Api, 'call'>, fields: Record<string, unknown> = {}) {
  const name = freshName()
  const { status, json, text } = await call('POST', '/api/modules', {
    name,
    code: 'return {}',
    ...fields
  })
  if (status !== 201) throw new Error(`creating a module gave ${status} ${text}`)
  return { id: String(json.id), name: String(json.name) }
}

t.test('a module is created, read, listed, changed and deleted', async t => {
  const { call } = api
  const code = '--- The price with tax.\nlocal function gross(net) end\nreturn { gross = gross }'
  const created = await call('POST', '/api/modules', {
    name: 'shop.prices',
    code,
    description: 'Prices.',
    message: 'first',
    commit: 'abc'
  })
  t.equal(created.status, 201)
  const { id } = created.json
  t.match(created.json, {
    name: 'shop.prices',
    description: 'Prices.',
    active_version: {
      id: `ver_${id}_v1`,
      module_id: id,
      version: 1,
      code,
      is_active: true,
      created_by: 'api_key',
      message: 'first',
      commit: 'abc'
    },
    exports: [{ name: 'gross', kind: 'function', signature: 'gross(net)' }],
    requires: [],
    required_by: []
  })
  const read = await call('GET', `/api/modules/${id}`)
  t.same(read.json, created.json)
  t.equal(read.headers.etag, created.headers.etag)
  const listed = await call('GET', '/api/modules?search=PRICES')
  t.match(listed.json, {
    pagination: { total: 1 },
    modules: [{ ...read.json, etag: read.headers.etag }]
  })

  const changed = await call('PUT', `/api/modules/${id}`, { code: 'return 2', activate: false })
  t.same([changed.status, changed.text], [200, ''])
  t.not(changed.headers.etag, read.headers.etag)
  t.equal((await call('GET', `/api/modules/${id}`)).json.active_version.version, 1)
  const diff = await call('GET', `/api/modules/${id}/diff/1/2`)
  t.match(diff.json, { old_version: 1, new_version: 2, diff: [{ line_type: 'removed' }] })
  for (const version of ['2', `ver_${id}_v1`, `ver_${id}_v2`]) {
    const activated = await call('POST', `/api/modules/${id}/versions/${version}/activate`)
    t.equal(activated.status, 200, version)
    const { json } = await call('GET', `/api/modules/${id}/versions/${version}`)
    t.equal(json.is_active, true, version)
  }
  t.match((await call('GET', `/api/modules/${id}/versions`)).json, {
    pagination: { total: 2 },
    versions: [
      { version: 2, is_active: true },
      { version: 1, is_active: false }
    ]
  })
  t.equal((await call('DELETE', `/api/modules/${id}/versions/2`)).status, 400, 'the active one')
  t.equal((await call('DELETE', `/api/modules/${id}/versions/1`)).status, 204)
  t.equal((await call('DELETE', `/api/modules/${id}`)).status, 204)
  t.equal((await call('DELETE', `/api/modules/${id}`)).status, 404)
  t.equal((await call('GET', `/api/modules/${id}`)).status, 404)
})

t.test('what no module can be is refused with the reason', async t => {
  const { call } = api
  const { id, name } = await createModule(api)
  for (const [fields, status, text] of [
    [{ name: '' }, 400, /^name: name cannot be empty/],
    [{ name: 'two words' }, 400, /^name: name must be made of letters/],
    [{ name: 'a..b' }, 400, /^name: /],
    [{ name: '../etc' }, 400, /^name: /],
    [{ name: 'x'.repeat(101) }, 400, /^name: name cannot be longer than 100/],
    [{ name: 'string' }, 400, /^name: .*Lua's own/],
    [{ name: 'kv' }, 400, /^name: .*a module of the server/],
    [{ name: 'end' }, 400, /^name: .*a word of the Lua language/],
    [{ name: 'ok', code: ' ' }, 400, /^code: code cannot be empty/],
    [{ name: 'ok', code: 'x'.repeat(1024 * 1024 + 1) }, 400, /^code: /],
    [{ name: 'ok', code: 5 }, 400, /Invalid request body/],
    [{ name: 'ok', description: 'x'.repeat(501) }, 400, /^description: /],
    [{ name }, 409, /^name: .*is the name of another module/],
    [{ name: name.toUpperCase() }, 409, /capital letters/]
  ] as const) {
    const { status: got, json } = await call('POST', '/api/modules', {
      code: 'return 1',
      ...fields
    })
    t.equal(got, status, JSON.stringify(fields).slice(0, 60))
    t.match(json.error, text)
    if (Object.keys(fields).length === 1 && 'name' in fields && fields.name !== name) {
      const other = await call('PUT', `/api/modules/${id}`, fields)
      t.equal(other.status, fields.name === name.toUpperCase() ? 200 : status, 'and on a change')
      await call('PUT', `/api/modules/${id}`, { name })
    }
  }
  t.match((await call('PUT', `/api/modules/${id}`, {})).json.error, /at least one field/)
  t.equal((await call('GET', `/api/modules/${id}/versions/x`)).status, 400)
  t.equal((await call('GET', `/api/modules/${id}/versions/9`)).status, 404)
  t.equal((await call('POST', `/api/modules/${id}/versions/9/activate`)).status, 404)
  t.equal((await call('GET', `/api/modules/nope/versions`)).status, 404)
})

t.test('a change with an old tag is refused and shows what is there', async t => {
  const { call } = api
  const { id } = await createModule(api)
  const old = String((await call('GET', `/api/modules/${id}`)).headers.etag)
  const condition = { 'if-match': old }
  const first = await call('PUT', `/api/modules/${id}`, { code: 'return 2' }, condition)
  t.equal(first.status, 200)
  for (const [method, url, body] of [
    ['PUT', `/api/modules/${id}`, { code: 'return 3' }],
    ['DELETE', `/api/modules/${id}`, undefined],
    ['POST', `/api/modules/${id}/versions/1/activate`, undefined],
    ['DELETE', `/api/modules/${id}/versions/1`, undefined]
  ] as const) {
    const { status, json, headers } = await call(method, url, body, condition)
    t.equal(status, 412, `${method} ${url}`)
    t.match(json.current, { id, active_version: { version: 2, code: 'return 2' } })
    t.equal(headers.etag, first.headers.etag)
  }
})

t.test('who requires whom is shown both ways, and keeps a module from being deleted', async t => {
  const { call, create } = api
  const tax = await createModule(api)
  const shop = await createModule(api, { code: `return require("${tax.name}")` })
  const code = `local shop = require("${shop.name}")\nlocal no = require("not_there")`
  const fn = await create({ name: 'checkout', code })
  t.same(
    (await call('GET', `/api/functions/${fn}`)).json.requires,
    [
      { name: shop.name, id: shop.id },
      { name: 'not_there', missing: true }
    ].sort((a, b) => (a.name < b.name ? -1 : 1))
  )
  t.match((await call('GET', `/api/modules/${shop.id}`)).json, {
    requires: [{ name: tax.name, id: tax.id }],
    required_by: [{ kind: 'function', id: fn, name: 'checkout' }]
  })
  t.match((await call('GET', `/api/modules/${tax.id}`)).json.required_by, [
    { kind: 'module', id: shop.id, name: shop.name }
  ])
  const refused = await call('DELETE', `/api/modules/${shop.id}`)
  t.equal(refused.status, 409)
  t.match(refused.json, {
    error: /required by the function "checkout"/,
    required_by: [{ kind: 'function', id: fn }]
  })
  t.equal((await call('PUT', `/api/modules/${shop.id}`, { name: freshName() })).status, 409)
  t.equal((await call('DELETE', `/api/modules/${shop.id}?force=maybe`)).status, 400)
  t.equal((await call('DELETE', `/api/modules/${shop.id}?force=true`)).status, 204)
  t.match((await call('GET', `/api/functions/${fn}`)).json.requires[0], { missing: true })
})

t.test(
  'a token for some functions reads modules, sees its functions alone, changes none',
  async t => {
    const { call, callOpen, create } = api
    const { id, name } = await createModule(api)
    const code = `require("${name}")`
    const [mine] = [await create({ code }), await create({ code })]
    const { json } = await call('POST', '/api/tokens', {
      name: 'narrow',
      scopes: ['functions:read', 'functions:write'],
      functions: [mine]
    })
    const headers = { authorization: `Bearer ${json.token}` }
    const read = await callOpen('GET', `/api/modules/${id}`, undefined, headers)
    t.same(read.json.required_by, [{ kind: 'function', id: mine, name: 'a function' }])
    t.equal((await callOpen('GET', '/api/modules', undefined, headers)).status, 200)
    for (const [method, url, body] of [
      ['POST', '/api/modules', { name: freshName(), code: 'x' }],
      ['PUT', `/api/modules/${id}`, { code: 'x' }],
      ['DELETE', `/api/modules/${id}`, undefined],
      ['POST', `/api/modules/${id}/versions/1/activate`, undefined],
      ['POST', '/api/push', { modules: [{ id, code: 'x' }] }]
    ] as const) {
      const answer = await callOpen(method, url, body, headers)
      t.equal(answer.status, 403, `${method} ${url}`)
      t.match(answer.json.error, /for some functions only/)
    }
  }
)

t.test('a push changes modules together with functions', async t => {
  const { call, create } = api
  const [fn, { id }] = [await create(), await createModule(api)]
  const etag = String((await call('GET', `/api/modules/${id}`)).headers.etag)
  const made = ids.next()
  const name = freshName()
  const { status, json } = await call('POST', '/api/push', {
    message: 'together',
    functions: [{ id: fn, code: `return require("${name}")` }],
    modules: [
      { id, if_match: etag, code: 'return 2' },
      { id: made, if_none_match: '*', name, code: 'return 3', description: 'new' }
    ]
  })
  t.equal(status, 200)
  t.match(json, {
    functions: [{ id: fn, action: 'changed', version: 2 }],
    modules: [
      { id, action: 'changed', version: 2 },
      { id: made, action: 'created', version: 1 }
    ]
  })
  for (const { id, etag } of json.modules) {
    t.equal((await call('GET', `/api/modules/${id}`)).headers.etag, etag)
  }
  const stale = await call('POST', '/api/push', {
    functions: [{ id: fn, name: 'changed' }],
    modules: [{ id, if_match: etag, code: 'return 4' }]
  })
  t.match([stale.status, stale.json.conflicts], [412, [id]])
  t.equal((await call('GET', `/api/functions/${fn}`)).json.name, 'a function')
  for (const body of [
    {},
    {
      modules: [
        { id, code: 'x' },
        { id, code: 'y' }
      ]
    },
    { modules: [{ id: 'short', name: 'x', code: 'y' }] },
    { modules: [{ id: ids.next(), code: 'y' }] },
    { modules: [{ id: ids.next(), name: 'kv', code: 'y' }] }
  ]) {
    t.equal((await call('POST', '/api/push', body)).status, 400, JSON.stringify(body))
  }
})

t.test('the audit says who changed a module', async t => {
  const { call } = api
  const { id, name } = await createModule(api)
  await call('PUT', `/api/modules/${id}`, { code: 'return 2' })
  await call('DELETE', `/api/modules/${id}`)
  const { json } = await call('GET', '/api/audit?limit=3')
  t.match(json.entries, [
    { action: 'module.delete', target: { kind: 'module', id, name }, before: { name } },
    { action: 'module.update', after: { active_version: 2 } },
    { action: 'module.create', after: { name, active_version: 1 } }
  ])
})
