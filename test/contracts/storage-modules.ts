import type { Test } from 'tap'
import type { Storage } from '../../core/contracts/storage.js'
import type { OpenStorage } from './storage.js'
import { createFunction, ids, NOW, PAGE } from './storage-fixtures.js'

async function createModule(storage: Storage, name: string, code = 'return {}'): Promise<string> {
  const id = ids.next()
  await storage.modules.create({ id, name, description: undefined, code, now: NOW })
  return id
}

const update = (storage: Storage, id: string, code: string) =>
  storage.modules.update(id, { patch: {}, code, now: NOW + 1 })

/** Names and code of the modules that the function's active version runs with. */
async function modulesOf(storage: Storage, functionId: string) {
  const found = await storage.functions.find(functionId)
  return found?.active?.modules?.sources.map(({ name, code }) => `${name}: ${code}`)
}

const keyOf = async (storage: Storage, functionId: string) =>
  (await storage.functions.find(functionId))?.active?.modules?.key

export function testModules(t: Test, open: OpenStorage): void {
  t.test('a module is created, changed and read with its versions', async t => {
    const storage = await open(t)
    const code = '--- Adds.\nlocal function add(a) end\nreturn { add = add }'
    const id = ids.next()
    const created = await storage.modules.create({
      id,
      name: 'shop.prices',
      description: 'of all',
      code,
      origin: { createdBy: 'CI', message: 'why', commit: 'abc' },
      now: NOW
    })
    t.match(created, {
      module: { id, name: 'shop.prices', description: 'of all', createdAt: NOW, updatedAt: NOW },
      active: {
        id: `ver_${id}_v1`,
        moduleId: id,
        version: 1,
        code,
        isActive: true,
        createdBy: 'CI'
      },
      exports: [{ name: 'add', kind: 'function', signature: 'add(a)', description: 'Adds.' }],
      requires: [],
      requiredBy: []
    })
    const revision = await storage.modules.update(id, {
      patch: { description: 'new' },
      code: 'return 2',
      activate: false,
      now: NOW + 1
    })
    t.not(revision, created.revision)
    t.match(await storage.modules.snapshot(id), {
      module: { description: 'new', updatedAt: NOW + 1 },
      active: { version: 1 },
      revision
    })
    t.type(await storage.modules.activate(id, 2), 'string')
    t.match(await storage.modules.snapshot(id), { active: { version: 2 }, exports: [] })
    const { rows, total } = await storage.modules.listVersions(id, PAGE)
    t.match(
      { rows, total },
      {
        total: 2,
        rows: [
          { version: 2, isActive: true },
          { version: 1, message: 'why' }
        ]
      }
    )
    t.equal(await storage.modules.activate(id, 3), false)
    t.match(await storage.modules.findVersion(id, 1), { code, commit: 'abc', isActive: false })
    t.equal(await storage.modules.removeVersion(id, 2), 'active')
    t.equal(await storage.modules.removeVersion(id, 1), 'removed')
    t.equal(await storage.modules.removeVersion(id, 1), 'missing')
    await update(storage, id, 'return 3')
    t.equal((await storage.modules.snapshot(id))?.active.version, 3, 'numbers are not used twice')
    t.equal(await storage.modules.remove(id), true)
    t.equal(await storage.modules.remove(id), false)
    t.equal(await storage.modules.snapshot(id), undefined)
    t.equal(await update(storage, id, 'x'), false)
    t.same(await storage.modules.listVersions(id, PAGE), { rows: [], total: 0 })
  })

  t.test('names are unique, also where only the case differs', async t => {
    const storage = await open(t)
    const id = await createModule(storage, 'shop')
    await t.rejects(createModule(storage, 'shop'), { code: 'CONFLICT' })
    await t.rejects(createModule(storage, 'Shop'), { code: 'CONFLICT' })
    const other = await createModule(storage, 'other')
    const rename = (name: string) =>
      storage.modules.update(other, { patch: { name }, code: 'x', now: NOW })
    await t.rejects(rename('shop'), { code: 'CONFLICT' })
    t.match(await storage.modules.snapshot(other), {
      active: { version: 1 },
      module: { name: 'other' }
    })
    t.type(await rename('OTHER'), 'string', 'its own name in another case')
    t.equal((await storage.modules.list(PAGE)).total, 2)
    t.type(id, 'string')
  })

  t.test('modules are listed by name, and found by name and description', async t => {
    const storage = await open(t)
    for (const name of ['b', 'a', 'c']) await createModule(storage, name)
    const named = async (...args: Parameters<Storage['modules']['list']>) =>
      (await storage.modules.list(...args)).rows.map(({ module }) => module.name)
    t.same(await named(PAGE), ['a', 'b', 'c'])
    t.same(await named({ limit: 2, offset: 1 }), ['b', 'c'])
    t.same(await named(PAGE, 'B'), ['b'])
    t.same(await named(PAGE, undefined, { sort: 'created_at', order: 'desc' }), ['c', 'a', 'b'])
  })

  t.test('a change is refused when the module is in another state', async t => {
    const storage = await open(t)
    const id = await createModule(storage, 'shop')
    const mayChange = () => false
    const refused = { code: 'PRECONDITION_FAILED' }
    await t.rejects(
      storage.modules.update(id, { patch: {}, code: 'x', now: NOW }, { mayChange }),
      refused
    )
    await t.rejects(storage.modules.remove(id, { mayChange }), refused)
    await t.rejects(storage.modules.activate(id, 1, mayChange), refused)
    t.equal((await storage.modules.snapshot(id))?.active.version, 1)
  })

  t.test(
    'a function runs with the modules that it requires, directly or through others',
    async t => {
      const storage = await open(t)
      const plain = await createFunction(storage)
      const fn = await createFunction(storage, { code: 'local a = require("a")' })
      t.equal(await modulesOf(storage, fn), undefined)
      t.match((await storage.functions.snapshot(fn))?.requires, [{ name: 'a', id: undefined }])
      const a = await createModule(storage, 'a', 'return require("b")')
      t.same(await modulesOf(storage, fn), ['a: return require("b")'])
      const b = await createModule(storage, 'b', 'return 1')
      await createModule(storage, 'unused')
      t.same(await modulesOf(storage, fn), ['a: return require("b")', 'b: return 1'])
      t.equal(await modulesOf(storage, plain), undefined)
      const before = await keyOf(storage, fn)
      await update(storage, b, 'return require("a")')
      t.same(await modulesOf(storage, fn), ['a: return require("b")', 'b: return require("a")'])
      const after = await keyOf(storage, fn)
      t.not(after, before)
      await storage.modules.activate(b, 1)
      t.equal(await keyOf(storage, fn), before, 'the same modules have the same key')
      t.match((await storage.versions.find(fn, 1))?.modules?.key, before)
      t.same((await storage.functions.snapshot(fn))?.requires, [{ name: 'a', id: a }])
    }
  )

  t.test('what computes names runs with all modules', async t => {
    const storage = await open(t)
    const fn = await createFunction(storage, { code: 'return require(name)' })
    t.equal(await modulesOf(storage, fn), undefined)
    await createModule(storage, 'a')
    await createModule(storage, 'b')
    t.same(await modulesOf(storage, fn), ['a: return {}', 'b: return {}'])
    t.same((await storage.functions.snapshot(fn))?.requires, [])
  })

  t.test(
    'a change of a module tells of the functions that run with it, and of no others',
    async t => {
      const storage = await open(t)
      const direct = await createFunction(storage, { code: 'require("a")' })
      const through = await createFunction(storage, { code: 'require("b")' })
      const any = await createFunction(storage, { code: 'require(x)' })
      await createFunction(storage)
      const b = await createModule(storage, 'b', 'require("a")')
      const told = new Set<string>()
      storage.functions.onChange(id => told.add(id))
      const toldOf = async (change: () => Promise<unknown>) => {
        told.clear()
        await change()
        return [...told].sort()
      }
      const all = [direct, through, any].sort()
      let a = ''
      t.same(
        await toldOf(async () => {
          a = await createModule(storage, 'a')
        }),
        all,
        'created'
      )
      t.same(await toldOf(() => update(storage, a, 'return 2')), all, 'changed')
      t.same(await toldOf(() => storage.modules.activate(a, 1)), all, 'activated')
      const rest = [through, any].sort()
      t.same(await toldOf(() => update(storage, b, 'return 1')), rest, 'required no more')
      const removed = () => storage.modules.remove(a, { force: true })
      t.same(await toldOf(removed), [direct, any].sort(), 'removed')
    }
  )

  t.test('what is required is not taken away unless it is forced', async t => {
    const storage = await open(t)
    const fn = await createFunction(storage, { name: 'checkout', code: 'require("shop")' })
    const shop = await createModule(storage, 'shop', 'return require("tax")')
    const tax = await createModule(storage, 'tax')
    t.same((await storage.modules.snapshot(shop))?.requiredBy, [
      { kind: 'function', id: fn, name: 'checkout' }
    ])
    t.same((await storage.modules.snapshot(tax))?.requiredBy, [
      { kind: 'module', id: shop, name: 'shop' }
    ])
    await t.rejects(storage.modules.remove(shop), {
      code: 'CONFLICT',
      message: `The module "shop" is required by the function "checkout" (${fn}).`,
      details: { required_by: [{ kind: 'function', id: fn }] }
    })
    const rename = { patch: { name: 'store' }, code: undefined, now: NOW }
    await t.rejects(storage.modules.update(shop, rename), { code: 'CONFLICT' })
    t.equal((await storage.modules.snapshot(shop))?.module.name, 'shop')
    t.same(await modulesOf(storage, fn), ['shop: return require("tax")', 'tax: return {}'])
    t.type(await storage.modules.update(shop, rename, { force: true }), 'string')
    t.equal(await modulesOf(storage, fn), undefined)
    await storage.modules.update(shop, { ...rename, patch: { name: 'shop' } })
    await storage.functions.update(fn, { patch: {}, code: 'return 1', now: NOW })
    t.equal(await storage.modules.remove(shop), true, 'older versions do not count')
  })

  t.test('code is resolved with drafts in the place of what is stored', async t => {
    const storage = await open(t)
    await createModule(storage, 'a', 'return 1')
    await createModule(storage, 'b', 'return 2')
    const resolve = async (code: string, drafts: Record<string, string> = {}) =>
      (await storage.modules.resolve(code, new Map(Object.entries(drafts))))?.sources.map(
        ({ name, code }) => [name, code]
      )
    t.same(await resolve('require("a")'), [['a', 'return 1']])
    t.same(await resolve('require("a")', { a: 'require("b")', c: 'unused' }), [
      ['a', 'require("b")'],
      ['b', 'return 2']
    ])
    t.same(await resolve('require("new")', { new: 'return 3' }), [['new', 'return 3']])
    t.same((await resolve(`require(x)`, { new: '3' }))?.length, 3)
    t.equal(await resolve('return 1', { a: 'x' }), undefined)
  })

  t.test('a push changes functions and modules together, or nothing', async t => {
    const storage = await open(t)
    const fn = await createFunction(storage, { code: 'require("a")' })
    const [a, b] = [await createModule(storage, 'a', 'A'), await createModule(storage, 'b', 'B')]
    const change = (name: string | undefined, code?: string) => ({
      patch: name === undefined ? {} : { name },
      code,
      now: NOW
    })
    const made = ids.next()
    const done = await storage.push(
      [{ id: fn, change: { patch: {}, code: 'require("c")', now: NOW } }],
      [
        { id: a, change: change('b') },
        { id: b, change: change('a', 'B2') },
        { id: made, change: change('c', 'return require("a")') }
      ]
    )
    t.match(done, {
      functions: [{ id: fn, isNew: false, version: 2 }],
      modules: [
        { id: a, isNew: false, version: undefined },
        { id: b, isNew: false, version: 2 },
        { id: made, isNew: true, version: 1 }
      ]
    })
    t.same(
      await modulesOf(storage, fn),
      ['a: B2', 'c: return require("a")'],
      'names changed places'
    )

    const revision = (await storage.modules.snapshot(made))?.revision
    const stale = { id: made, change: change(undefined, 'x'), mayChange: () => false }
    await t.rejects(storage.push([{ id: fn, change: { ...change('new') } }], [stale]), {
      code: 'PRECONDITION_FAILED',
      details: { conflicts: [made] }
    })
    await t.rejects(storage.push([], [{ id: a, change: change('c') }]), { code: 'CONFLICT' })
    await t.rejects(
      storage.push([{ id: fn, change: change('new') }], [{ id: made, change: change('z') }]),
      { code: 'CONFLICT' },
      'it is required by its name'
    )
    await t.rejects(storage.push([], [{ id: ids.next(), change: change('z') }]), {
      code: 'VALIDATION'
    })
    t.equal((await storage.functions.find(fn))?.fn.name, 'fn')
    t.equal((await storage.modules.snapshot(made))?.revision, revision)
    t.same(await modulesOf(storage, fn), ['a: B2', 'c: return require("a")'])
  })

  t.test('the audit notes what became of a module', async t => {
    const storage = await open(t)
    const id = ids.next()
    const note = (action: string) =>
      ({ actor: { kind: 'api_key' }, via: 'api', ip: '192.0.2.1', action }) as const
    const about = { functions: [], modules: [id] }
    await storage.audit.track(note('module.create'), about, () =>
      storage.modules.create({ id, name: 'shop', description: undefined, code: 'x', now: NOW })
    )
    await storage.audit.track(note('module.update'), about, () => update(storage, id, 'y'))
    await storage.audit.track(note('module.delete'), about, () => storage.modules.remove(id))
    const { rows } = await storage.audit.list(PAGE)
    t.match(rows, [
      { action: 'module.delete', before: { name: 'shop', active_version: 2, versions: 2 } },
      { before: { active_version: 1, versions: 1 }, after: { active_version: 2, versions: 2 } },
      { target: { kind: 'module', id, name: 'shop' }, after: { name: 'shop', active_version: 1 } }
    ])
  })
}
