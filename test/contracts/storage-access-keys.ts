import type { Test } from 'tap'
import type { NewAccessKey } from '../../core/contracts/access-keys.js'
import { eventually } from '../helpers/eventually.js'
import type { OpenStorage } from './storage.js'
import { createFunction, ids, NOW } from './storage-fixtures.js'

const LIMIT = 3
const newKey = (change: Partial<NewAccessKey> = {}): NewAccessKey => ({
  id: ids.next(),
  name: 'shop',
  hash: Buffer.alloc(32, 7).toString('base64'),
  createdAt: NOW,
  expiresAt: undefined,
  ...change
})

export function testAccessKeys(t: Test, open: OpenStorage): void {
  t.test('keys are listed oldest first, of their function alone', async t => {
    const { accessKeys, ...storage } = await open(t)
    const id = await createFunction({ accessKeys, ...storage })
    const other = await createFunction({ accessKeys, ...storage })
    const keys = [newKey(), newKey({ name: 'b', expiresAt: NOW + 5 })]
    for (const key of keys) await accessKeys.create(id, key, LIMIT)
    t.strictSame(
      await accessKeys.list(id),
      keys.map(key => ({ ...key, lastUsedAt: undefined }))
    )
    t.same(await accessKeys.list(other), [])
    t.same(await accessKeys.list('missing'), [])
  })

  t.test('a key is removed once, and only from its function', async t => {
    const storage = await open(t)
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    const key = newKey()
    await storage.accessKeys.create(id, key, LIMIT)
    t.equal(await storage.accessKeys.remove(other, key.id), false)
    t.equal(await storage.accessKeys.remove('missing', key.id), false)
    t.type(await storage.accessKeys.remove(id, key.id), 'string')
    t.equal(await storage.accessKeys.remove(id, key.id), false)
    t.same(await storage.accessKeys.list(id), [])
  })

  t.test('a function has so many keys at most, and one that is gone has none', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    for (let i = 0; i < LIMIT; i++) await storage.accessKeys.create(id, newKey(), LIMIT)
    await t.rejects(storage.accessKeys.create(id, newKey(), LIMIT), { code: 'CONFLICT' })
    t.equal((await storage.accessKeys.list(id)).length, LIMIT)
    await storage.functions.remove(id)
    t.same(await storage.accessKeys.list(id), [])
    await t.rejects(storage.accessKeys.create(id, newKey(), LIMIT), { code: 'NOT_FOUND' })
  })

  t.test('a change of keys gives another revision, and listeners are called', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const heard: string[] = []
    storage.functions.onChange(changed => heard.push(changed))
    const before = (await storage.functions.snapshot(id))?.revision ?? ''
    const key = newKey()
    const created = await storage.accessKeys.create(id, key, LIMIT, revision => revision === before)
    t.not(created, before)
    t.equal((await storage.functions.snapshot(id))?.revision, created)
    const isBefore = (revision: string) => revision === before
    await t.rejects(storage.accessKeys.create(id, newKey(), LIMIT, isBefore), {
      code: 'PRECONDITION_FAILED'
    })
    await t.rejects(storage.accessKeys.remove(id, key.id, isBefore), {
      code: 'PRECONDITION_FAILED'
    })
    t.not(await storage.accessKeys.remove(id, key.id), created)
    t.same(heard, [id, id])
  })

  t.test('when a key was used last is noted, which is no change', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const key = newKey()
    const revision = await storage.accessKeys.create(id, key, LIMIT)
    storage.accessKeys.noteUse(key.id, NOW + 60)
    const lastUsed = async () => (await storage.accessKeys.list(id))[0]?.lastUsedAt
    await eventually(t, lastUsed, NOW + 60)
    t.equal((await storage.functions.snapshot(id))?.revision, revision)
  })
}
