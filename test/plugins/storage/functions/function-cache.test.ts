import t from 'tap'
import { StoredFunctionCache } from '../../../../plugins/storage/functions/function-cache.js'
import type { FunctionWithVersion } from '../../../../core/contracts/functions.js'
import { createFunction, ids, NOW } from '../../../contracts/storage-fixtures.js'
import { openParts } from '../open-parts.js'
import { openNew } from '../open-storage.js'

t.test('the second get needs no waiting', async t => {
  const storage = await openNew(t)
  const cache = new StoredFunctionCache(storage.functions)
  const id = await createFunction(storage, { name: 'a' })
  const first = cache.get(id)
  t.type(first, Promise)
  t.equal((await first)?.fn.name, 'a')
  t.match(cache.get(id), { fn: { name: 'a' } })
})

t.test('every write of the storage is seen by the next get', async t => {
  const storage = await openNew(t)
  const cache = new StoredFunctionCache(storage.functions)
  const id = ids.next()
  t.equal(await cache.get(id), undefined)
  t.equal(cache.get(id), undefined, 'known to be absent')
  await storage.functions.create({ id, name: 'a', description: undefined, code: 'c1', now: NOW })
  t.equal((await cache.get(id))?.fn.name, 'a')
  const update = storage.functions.update(id, { patch: { name: 'b' }, code: 'c2', now: NOW })
  t.match(
    await cache.get(id),
    { fn: { name: 'b' }, active: { version: 2 } },
    'even before it is durable'
  )
  await update
  await storage.versions.activate(id, `ver_${id}_v1`)
  t.match(await cache.get(id), { active: { version: 1, code: 'c1' } })
  await storage.functions.remove(id)
  t.equal(await cache.get(id), undefined)
})

t.test('a function that is called stays, however many others are read', async t => {
  const read: string[] = []
  const cache = new StoredFunctionCache({
    find: async id => {
      read.push(id)
      return { fn: { id }, active: undefined } as unknown as FunctionWithVersion
    },
    onChange: () => () => {}
  })
  await cache.get('hot')
  for (let i = 0; i < 15_000; i++) {
    await cache.get(`cold ${i}`)
    if (i % 1000 === 0) await cache.get('hot')
  }
  t.equal(read.filter(id => id === 'hot').length, 1)
  await cache.get('cold 0')
  t.equal(read.filter(id => id === 'cold 0').length, 2, 'what nobody calls has gone')
})

t.test('a write that was taken back is not kept', async t => {
  const { db, storage } = await openParts(t)
  const cache = new StoredFunctionCache(storage.functions)
  const id = await createFunction(storage, { name: 'a' })
  const update = storage.functions.update(id, { patch: { name: 'b' }, code: undefined, now: NOW })
  t.equal((await cache.get(id))?.fn.name, 'b')
  db.exec('rollback')
  await t.rejects(update, { code: 'STORAGE_FAILED' })
  t.equal((await cache.get(id))?.fn.name, 'a')
})

t.test('a reading from before a change is not kept', async t => {
  let change: (id: string) => void = () => {}
  const answers: ((name: string) => void)[] = []
  const cache = new StoredFunctionCache({
    find: () =>
      new Promise(resolve => {
        answers.push(name => {
          resolve({ fn: { name }, active: undefined } as FunctionWithVersion)
        })
      }),
    onChange(listener) {
      change = listener
      return () => {}
    }
  })
  const old = cache.get('x')
  t.equal(cache.get('x'), old, 'one reading serves all')
  change('x')
  const current = cache.get('x')
  answers[1]?.('new')
  t.match(await current, { fn: { name: 'new' } })
  answers[0]?.('old')
  await old
  t.match(cache.get('x'), { fn: { name: 'new' } })
})

t.test('a reading that fails is tried again', async t => {
  let fail = true
  const cache = new StoredFunctionCache({
    find: async () => {
      if (fail) throw new Error('no')
      return { fn: { name: 'a' }, active: undefined } as FunctionWithVersion
    },
    onChange: () => () => {}
  })
  await t.rejects(Promise.resolve(cache.get('x')), { message: 'no' })
  fail = false
  t.match(await cache.get('x'), { fn: { name: 'a' } })
})

t.test('listeners hear of what was forgotten, until they end it', async t => {
  const storage = await openNew(t)
  const cache = new StoredFunctionCache(storage.functions)
  const seen: string[] = []
  const end = cache.onForget(id => {
    seen.push(id)
  })
  const id = await createFunction(storage)
  cache.forget('other')
  end()
  await storage.functions.remove(id)
  t.same(seen, [id, 'other'])
})

t.test('neither many unknown ids nor much code fill the memory', async t => {
  const reads = new Map<string, number>()
  const code = 'x'.repeat(1024 * 1024)
  const cache = new StoredFunctionCache({
    async find(id) {
      reads.set(id, (reads.get(id) ?? 0) + 1)
      return id.startsWith('large')
        ? ({ fn: { name: id }, active: { code } } as unknown as FunctionWithVersion)
        : undefined
    },
    onChange: () => () => {}
  })
  for (let i = 0; i < 5000; i++) await cache.get(`unknown ${i}`)
  for (let i = 0; i < 100; i++) await cache.get(`large ${i}`)
  await cache.get('unknown 0')
  t.equal(reads.get('unknown 0'), 2, 'an old miss was let go')
  t.match(cache.get('large 99'), { fn: { name: 'large 99' } })
  t.type(cache.get('large 0'), Promise, 'the oldest code was let go')
})
