import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { defaultRetry } from '../../../core/contracts/front-door.js'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createIdSource } from '../../../core/base/ids.js'
import { exportFunctions } from '../../../core/export-import/export.js'
import { importFunctions } from '../../../core/export-import/import.js'
import { openNew, temporaryFolder } from '../../plugins/storage/open-storage.js'

const A = 'd4l1ikp2rpqc73a0b1c0'
const B = 'd4l1ikp2rpqc73a0b1d0'

async function world(t: Test) {
  const storage = await openNew(t)
  const folder = join(await temporaryFolder(t), 'functions')
  return {
    storage,
    folder,
    read: (path: string) => readFile(join(folder, path), 'utf8'),
    async write(path: string, text: string) {
      await mkdir(join(folder, path, '..'), { recursive: true })
      await writeFile(join(folder, path), text)
    },
    create: (id: string, name: string, code = `-- ${name}`) =>
      storage.functions.create({ id, name, description: undefined, code, now: 1 }),
    export: (options: { only?: string; withSecrets?: boolean } = {}) =>
      exportFunctions(storage, folder, { withSecrets: false, ...options }),
    import: (target = storage) => importFunctions(target, createIdSource(), folder, () => {})
  }
}

t.test('a function becomes its code and its settings', async t => {
  const { storage, create, export: write, read } = await world(t)
  await create(A, 'hello', 'return 1\r\n-- ☾')
  await storage.functions.update(A, {
    patch: {
      description: 'says hello',
      cronSchedule: '0 * * * *',
      cronStatus: 'active',
      retentionDays: 30
    },
    code: undefined,
    now: 2
  })
  await storage.env.replace(A, { TOKEN: 'secret', ADDRESS: 'x' })
  t.same(await write(), { folders: ['hello'], modules: [], stale: [] })
  t.equal(await read('hello/main.lua'), 'return 1\r\n-- ☾')
  t.equal(
    await read('hello/function.json'),
    `{
  "id": "${A}",
  "name": "hello",
  "description": "says hello",
  "disabled": false,
  "retention_days": 30,
  "cron_schedule": "0 * * * *",
  "cron_status": "active",
  "cron_catch_up": false,
  "save_response": false,
  "allow_same_origin": false,
  "env_vars": {
    "ADDRESS": null,
    "TOKEN": null
  }
}
`
  )
})

t.test('values of variables are written only when asked for', async t => {
  const { storage, create, export: write, read } = await world(t)
  await create(A, 'hello')
  await storage.env.replace(A, { TOKEN: 'secret' })
  await write()
  t.notMatch(await read('hello/function.json'), 'secret')
  await write({ withSecrets: true })
  t.match(JSON.parse(await read('hello/function.json')), { env_vars: { TOKEN: 'secret' } })
})

t.test('shared variables are a file of their own, with values only when asked for', async t => {
  const { storage, create, export: write, read, folder, import: take } = await world(t)
  await create(A, 'shared-variables.json')
  await write()
  await t.rejects(read('shared-variables.json'), 'none without any')
  await storage.env.shared.replace({ TOKEN: 'secret', ADDRESS: 'x' })
  t.same((await write()).folders, [`shared-variables.json-${A}`], 'no function has that folder')
  t.same(JSON.parse(await read('shared-variables.json')), {
    env_vars: { ADDRESS: null, TOKEN: null }
  })
  const other = await openNew(t)
  t.match(await take(other), [
    {
      folder: 'shared-variables.json',
      action: 'unchanged',
      note: 'variables without a value, to be set: ADDRESS, TOKEN'
    },
    { action: 'created' }
  ])
  await write({ withSecrets: true })
  await other.env.shared.replace({ TOKEN: 'theirs', KEPT: 'k' })
  t.match(await take(other), [{ folder: 'shared-variables.json', action: 'updated' }, {}])
  const all = { TOKEN: 'secret', ADDRESS: 'x', KEPT: 'k' }
  t.same((await other.env.shared.snapshot()).variables, all)
  t.match(await take(other), [{ action: 'unchanged' }, { action: 'unchanged' }])

  await rm(join(folder, `shared-variables.json-${A}`), { recursive: true })
  await writeFile(join(folder, 'shared-variables.json'), '{ "env_vars": { "A": 1 } }')
  t.match(await take(other), [{ action: 'failed', note: /^shared-variables\.json: env_vars/ }])
  const many = Object.fromEntries(Array.from({ length: 98 }, (_, i) => [`V${i}`, 'x']))
  await writeFile(join(folder, 'shared-variables.json'), JSON.stringify({ env_vars: many }))
  t.match(await take(other), [{ action: 'failed', note: /more than 100/ }])
  t.same((await other.env.shared.snapshot()).variables, all)
  await storage.env.shared.replace({})
  await write()
  t.same(JSON.parse(await read('shared-variables.json')), { env_vars: {} }, 'not what was before')
  await write({ only: A })
})

t.test('one function is chosen by id or by name', async t => {
  const { create, export: write, folder } = await world(t)
  await create(A, 'hello')
  await create(B, 'other')
  await write({ only: 'other' })
  t.same(await readdir(folder), ['other'])
  await write({ only: A })
  t.same((await readdir(folder)).sort(), ['hello', 'other'])
  await t.rejects(write({ only: 'absent' }), { message: 'No function has the id or name "absent"' })
  await create('d4l1ikp2rpqc73a0b1e0', 'other')
  await t.rejects(write({ only: 'other' }), { message: /2 functions are called "other"/ })
})

t.test('a renamed function takes its folder with it, a deleted one is told of', async t => {
  const { storage, create, export: write, folder } = await world(t)
  await create(A, 'hello')
  await create(B, 'other')
  await write()
  await storage.functions.update(A, { patch: { name: 'greeting' }, code: undefined, now: 2 })
  await storage.functions.remove(B)
  t.same(await write(), { folders: ['greeting'], modules: [], stale: ['other'] })
  t.same((await readdir(folder)).sort(), ['greeting', 'other'])
})

t.test('what was exported comes back on another server with its id', async t => {
  const from = await world(t)
  await from.create(A, 'hello', 'return "☾"')
  await from.create(B, 'hello')
  await from.storage.functions.update(A, {
    patch: { cronSchedule: '5 4 * * *', cronCatchUp: true, saveResponse: true, disabled: true },
    code: undefined,
    now: 2
  })
  await from.storage.env.replace(A, { TOKEN: 'secret' })
  await from.export({ withSecrets: true })
  const target = await openNew(t)
  t.same((await from.import(target)).map(({ folder, action }) => `${action} ${folder}`).sort(), [
    'created hello',
    `created hello-${B}`
  ])
  const found = await target.functions.find(A)
  t.match(found, {
    fn: {
      id: A,
      name: 'hello',
      cronSchedule: '5 4 * * *',
      cronCatchUp: true,
      saveResponse: true,
      disabled: true
    },
    active: { version: 1, code: 'return "☾"' }
  })
  t.same(await target.env.all(A), { TOKEN: 'secret' })
})

t.test('a second import changes nothing', async t => {
  const { create, export: write, import: read, storage } = await world(t)
  await create(A, 'hello')
  await storage.env.replace(A, { TOKEN: 'secret' })
  await write({ withSecrets: true })
  const before = await storage.functions.find(A)
  t.same(
    (await read()).map(({ action }) => action),
    ['unchanged']
  )
  t.same(await storage.functions.find(A), before)
})

t.test('changed code makes a version, changed settings do not', async t => {
  const { create, export: write, import: read, storage, write: put, read: get } = await world(t)
  await create(A, 'hello')
  await write()
  await put('hello/main.lua', '-- changed')
  t.same(
    (await read()).map(({ action }) => action),
    ['updated']
  )
  t.match(await storage.functions.find(A), { active: { version: 2, code: '-- changed' } })
  await put(
    'hello/function.json',
    (await get('hello/function.json')).replace('"disabled": false', '"disabled": true')
  )
  t.same(
    (await read()).map(({ action }) => action),
    ['updated']
  )
  t.match(await storage.functions.find(A), { fn: { disabled: true }, active: { version: 2 } })
})

t.test('a file without an id is matched by its name, and made when there is none', async t => {
  const { import: read, storage, write: put, folder } = await world(t)
  await put('mine/main.lua', '-- mine')
  await put('mine/function.json', '{"name":"mine"}')
  await put('notes/readme.txt', 'not a function')
  t.same(
    (await read()).map(({ folder, action }) => [folder, action]),
    [['mine', 'created']]
  )
  t.same(
    (await read()).map(({ action }) => action),
    ['unchanged']
  )
  t.equal((await storage.functions.list({ limit: 100, offset: 0 })).total, 1)
  await rm(join(folder, 'notes'), { recursive: true })
  const alone = await importFunctions(storage, createIdSource(), join(folder, 'mine'), () => {})
  t.same(alone, [{ folder: '.', action: 'unchanged' }], 'the folder of one function does too')
})

t.test('variables that were left out of the export are named and left alone', async t => {
  const { create, export: write, import: read, storage } = await world(t)
  await create(A, 'hello')
  await storage.env.replace(A, { TOKEN: 'secret', OTHER: 'x' })
  await write()
  await storage.env.delete(A, 'TOKEN')
  t.same(await read(), [
    { folder: 'hello', action: 'unchanged', note: 'variables without a value, to be set: TOKEN' }
  ])
  t.same(await storage.env.all(A), { OTHER: 'x' })
})

t.test('a folder that cannot be imported is told of and does not stop the others', async t => {
  const { import: read, write: put, storage } = await world(t)
  await put('a/function.json', '{"name":"a"}')
  await put('b/function.json', '{')
  await put('c/function.json', '{"name":"c","retention_days":8}')
  await put('c/main.lua', '--')
  await put('d/function.json', '{"name":"d","colour":"blue"}')
  await put('e/function.json', '{"name":"e","id":"../../x"}')
  await put('f/function.json', '{"name":"f"}')
  await put('f/main.lua', '--')
  t.same(
    (await read()).map(({ folder, action, note }) => [
      folder,
      action,
      note?.replace(/(not JSON).*/, '$1')
    ]),
    [
      ['a', 'failed', 'main.lua is missing'],
      ['b', 'failed', 'function.json is not JSON'],
      ['c', 'failed', 'retention_days: retention_days must be one of: [7 15 30 365]'],
      ['d', 'failed', 'function.json: there is no field "colour"'],
      ['e', 'failed', 'function.json: id must match pattern "^[0-9a-v]{20}$"'],
      ['f', 'created', undefined]
    ]
  )
  t.equal((await storage.functions.list({ limit: 100, offset: 0 })).total, 1)
})

t.test('a folder without any export is refused', async t => {
  const { import: read, write: put } = await world(t)
  await put('x/readme.txt', '')
  await t.rejects(read(), { message: /holds no exported function/ })
})

t.test('a function exported with its slug and all of its front door comes back equal', async t => {
  const { storage, create, folder, export: write, read, import: take } = await world(t)
  await create(A, 'hello')
  const frontDoor = {
    access: {
      mode: 'signature',
      preset: 'generic',
      secret: 'S',
      header: 'X-Sig',
      algorithm: 'sha1',
      encoding: 'base64',
      prefix: 'p='
    },
    routes: [{ pattern: '/a/:b' }, { pattern: '/*', methods: ['GET'], host: 'a.example.org' }],
    cors: 'function',
    rate_limit: { requests: 1, seconds: 2, by: 'function' },
    retry: { ...defaultRetry, jitter: 0 },
    max_concurrency: 1,
    timeout_seconds: 2,
    memory_mb: 64,
    body_limit: 3,
    kv_bytes: 4,
    history_bytes: 5
  } as const
  const change = { patch: { slug: 'hello', frontDoor }, code: undefined, now: 2 }
  await storage.functions.update(A, change)
  await write()
  t.match(JSON.parse(await read('hello/function.json')), { slug: 'hello', ...frontDoor })
  t.match(await take(), [{ action: 'unchanged' }])
  const other = await openNew(t)
  t.match(await take(other), [{ action: 'created' }])
  const [before, after] = [await storage.functions.find(A), await other.functions.find(A)]
  t.strictSame(after?.fn.frontDoor, before?.fn.frontDoor)
  t.equal(after?.fn.slug, 'hello')
  t.match(await take(other), [{ action: 'unchanged' }])
  await other.functions.update(A, {
    patch: { slug: '', frontDoor: { access: { mode: 'public' }, kv_bytes: null } },
    code: undefined,
    now: 3
  })
  t.match(await take(other), [{ action: 'updated' }])
  t.strictSame((await other.functions.find(A))?.fn.frontDoor, before?.fn.frontDoor)
  t.equal((await other.functions.find(A))?.fn.slug, 'hello')
  t.same(await exportFunctions(other, folder, { withSecrets: false }), {
    folders: ['hello'],
    modules: [],
    stale: []
  })
})

t.test(
  'a front door that the API would refuse is refused, and a slug that another function has',
  async t => {
    const { storage, create, import: take, write } = await world(t)
    await create(A, 'hello')
    await storage.functions.update(A, { patch: { slug: 'taken' }, code: undefined, now: 2 })
    await write('a/main.lua', 'return 1')
    const imported = async (fields: object) => {
      await write('a/function.json', JSON.stringify({ id: B, name: 'b', ...fields }))
      return await take()
    }
    t.match(await imported({ access: { mode: 'no' } }), [
      { action: 'failed', note: /^access: mode must be one of/ }
    ])
    t.match(await imported({ slug: 'taken' }), [
      { action: 'failed', note: /^slug: "taken" is the slug of the function "hello"/ }
    ])
    t.equal(await storage.functions.find(B), undefined)
    t.match(await imported({ slug: 'free', memory_mb: 100_000 }), [{ action: 'created' }])
  }
)

t.test('shared modules are files beside the functions, and come back from them', async t => {
  const { storage, create, export: write, read, import: take, folder, write: put } = await world(t)
  await create(A, 'modules', 'return require("shop.prices")')
  for (const [id, name, description] of [
    ['m1', 'shop', undefined],
    ['m2', 'shop.prices', 'What it costs.'],
    // Its description stands in a file of the name that a function's settings have.
    ['m3', 'shop.function', 'Odd.']
  ] as const) {
    await storage.modules.create({ id, name, description, code: `-- ${name}`, now: 1 })
  }
  t.same(await write(), {
    folders: ['_modules'],
    modules: ['shop', 'shop.function', 'shop.prices'],
    stale: []
  })
  t.same((await write({ only: A })).modules, [])
  t.equal(await read('modules/shop.lua'), '-- shop')
  t.equal(await read('modules/shop/prices.lua'), '-- shop.prices')
  t.same(JSON.parse(await read('modules/shop/prices.json')), { description: 'What it costs.' })
  t.equal((await stat(join(folder, 'modules/shop'))).mode & 0o777, 0o700)

  const other = await openNew(t)
  t.same(
    (await take(other)).map(({ folder, action }) => [folder, action]),
    [
      ['modules/shop.lua', 'created'],
      ['modules/shop/function.lua', 'created'],
      ['modules/shop/prices.lua', 'created'],
      ['_modules', 'created']
    ]
  )
  t.match((await other.modules.list({ limit: 9, offset: 0 })).rows, [
    { module: { name: 'shop', description: undefined }, active: { code: '-- shop' } },
    { module: { name: 'shop.function', description: 'Odd.' } },
    { module: { description: 'What it costs.' }, requiredBy: [{ id: A }] }
  ])
  t.same(
    (await take(other)).map(({ action }) => action),
    ['unchanged', 'unchanged', 'unchanged', 'unchanged']
  )
  await put('modules/shop.lua', '-- changed')
  await put('modules/shop/prices.json', '{ "text": 1 }')
  await put('modules/no name.lua', 'return 1')
  t.match(await take(other), [
    { folder: 'modules/no name.lua', action: 'failed', note: /a module needs a name/ },
    { folder: 'modules/shop/prices.lua', action: 'failed', note: /no field "text"/ },
    { folder: 'modules/shop.lua', action: 'updated' },
    { folder: 'modules/shop/function.lua', action: 'unchanged' },
    { action: 'unchanged' }
  ])
})
