import type { Test } from 'tap'
import { defaultRetry } from '../../core/contracts/front-door.js'
import type { FrontDoor } from '../../core/contracts/front-door.js'
import type { Storage } from '../../core/contracts/storage.js'
import type { OpenStorage } from './storage.js'
import { createFunction, ids, NOW } from './storage-fixtures.js'

const everything: FrontDoor = {
  access: { mode: 'signature', preset: 'github', secret: 'S' },
  routes: [{ pattern: '/shop/:item', methods: ['GET'], host: 'shop.example.org' }],
  cors: { origins: ['https://shop.example.org'], credentials: true },
  rate_limit: { requests: 60, seconds: 60, by: 'ip' },
  retry: { ...defaultRetry, max_attempts: 2 },
  max_concurrency: 1,
  timeout_seconds: 2,
  memory_mb: 64,
  body_limit: 3,
  kv_bytes: 4,
  history_bytes: 5
}

const idOfSlug = async (storage: Storage, slug: string) =>
  (await storage.functions.listAddressed()).find(fn => fn.slug === slug)?.id

export function testFrontDoor(t: Test, open: OpenStorage): void {
  t.test('a function has neither slug nor front door until they are set', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    t.match((await storage.functions.find(id))?.fn, { slug: undefined, frontDoor: undefined })
    await storage.functions.update(id, {
      patch: { slug: 'hello', frontDoor: everything },
      code: undefined,
      now: NOW
    })
    const found = await storage.functions.find(id)
    t.strictSame(found?.fn.frontDoor, everything)
    t.equal(found?.fn.slug, 'hello')
    t.equal(await idOfSlug(storage, 'hello'), id)
    t.equal(await idOfSlug(storage, 'other'), undefined)
  })

  t.test('fields of a front door are changed and cleared one by one', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const change = async (frontDoor: Parameters<typeof storage.functions.update>[1]['patch']) => {
      await storage.functions.update(id, { patch: frontDoor, code: undefined, now: NOW })
      return (await storage.functions.find(id))?.fn.frontDoor
    }
    t.strictSame(await change({ frontDoor: { kv_bytes: 4 } }), { kv_bytes: 4 })
    t.strictSame(await change({ frontDoor: { access: { mode: 'key' } } }), {
      access: { mode: 'key' },
      kv_bytes: 4
    })
    t.strictSame(await change({ name: 'other' }), { access: { mode: 'key' }, kv_bytes: 4 })
    t.strictSame(await change({ frontDoor: { kv_bytes: null } }), { access: { mode: 'key' } })
    t.equal(await change({ frontDoor: { access: null } }), undefined)
  })

  t.test('a slug belongs to one function', async t => {
    const storage = await open(t)
    const [first, second] = [await createFunction(storage), await createFunction(storage)]
    const setSlug = (id: string, slug: string) =>
      storage.functions.update(id, { patch: { slug, name: 'changed' }, code: undefined, now: NOW })
    await setSlug(first, 'hello')
    await setSlug(first, 'hello')
    const taken = {
      code: 'CONFLICT',
      message: `slug: "hello" is the slug of the function "changed" (${first})`
    }
    await t.rejects(setSlug(second, 'hello'), taken)
    t.match((await storage.functions.find(second))?.fn, { name: 'fn', slug: undefined })
    const fn = { id: ids.next(), name: 'n', description: undefined, code: '', now: NOW }
    await t.rejects(storage.functions.create({ ...fn, slug: 'hello' }), taken)
    t.equal(await storage.functions.find(fn.id), undefined)
    await setSlug(first, '')
    t.equal((await storage.functions.find(first))?.fn.slug, undefined)
    await storage.functions.create({ ...fn, slug: 'hello', frontDoor: everything })
    t.match((await storage.functions.find(fn.id))?.fn, { slug: 'hello', frontDoor: everything })
    await storage.functions.remove(fn.id)
    t.equal(await idOfSlug(storage, 'hello'), undefined)
    await setSlug(second, 'hello')
    t.equal(await idOfSlug(storage, 'hello'), second)
  })

  t.test('slug and front door are part of the revision', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const seen = new Set([(await storage.functions.snapshot(id))?.revision])
    for (const patch of [{ slug: 'a' }, { frontDoor: { kv_bytes: 1 } }, { slug: '' }]) {
      seen.add(String(await storage.functions.update(id, { patch, code: undefined, now: NOW })))
    }
    t.equal(seen.size, 4)
  })
}
