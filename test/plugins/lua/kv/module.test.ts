import t from 'tap'
import { kvModule } from '../../../../plugins/lua/kv/module.js'
import type { ExecutionKv, KvStore } from '../../../../core/contracts/kv.js'
import { LuaMisuse } from '../../../../core/lua/errors.js'
import { hostCall } from '../../../helpers/host-call.js'
import { openNew } from '../../storage/open-storage.js'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const text = (value: Uint8Array | undefined) =>
  value === undefined ? undefined : Buffer.from(value).toString('latin1')

/** The module on a real database with two functions; `call` is made on behalf of the first. */
async function kv(t: Parameters<typeof openNew>[0], clock?: { now: number }) {
  const storage = await openNew(t, clock)
  for (const id of ['fa', 'fb']) {
    await storage.functions.create({ id, name: id, description: undefined, code: 'x', now: 1 })
  }
  const linked: string[] = []
  const forExecution = Object.fromEntries(
    Object.entries(storage.kv.forExecution).map(([name, write]) => [
      name,
      (id: string, ...args: unknown[]) => {
        linked.push(id)
        return (write as (...args: unknown[]) => unknown)(id, ...args)
      }
    ])
  ) as unknown as ExecutionKv
  const watched = Object.create(storage.kv, { forExecution: { value: forExecution } }) as KvStore
  const { functions } = kvModule({ kv: watched })
  return {
    functions,
    linked,
    call: hostCall({ functionId: 'fa' }),
    other: hostCall({ functionId: 'fb' })
  }
}

t.test('values are bytes and belong to one function', async t => {
  const {
    functions: { get, set, delete: remove },
    call,
    other
  } = await kv(t)
  t.equal(await get.run(call, bytes('k')), undefined)
  t.equal(await set.run(call, bytes('k'), bytes('\0\xff'), undefined), true)
  t.equal(text(await get.run(call, bytes('k'))), '\0\xff')
  t.equal(await get.run(call, bytes('K')), undefined)
  t.equal(await get.run(other, bytes('k')), undefined)
  t.equal(await remove.run(call, bytes('k')), true)
  t.equal(await remove.run(call, bytes('k')), true, 'also when absent')
  t.equal(await get.run(call, bytes('k')), undefined)
})

t.test('the global store is shared by all functions, and apart from their own', async t => {
  const {
    functions: { get, getGlobal, setGlobal, deleteGlobal },
    call,
    other
  } = await kv(t)
  await setGlobal.run(call, bytes('k'), bytes('v'), undefined)
  t.equal(text(await getGlobal.run(other, bytes('k'))), 'v')
  t.equal(await get.run(call, bytes('k')), undefined)
  await deleteGlobal.run(other, bytes('k'))
  t.equal(await getGlobal.run(call, bytes('k')), undefined)
})

t.test('a value with a time to live is gone after it', async t => {
  const clock = { now: Date.now() }
  const {
    functions: { get, set },
    call
  } = await kv(t, clock)
  await set.run(call, bytes('k'), bytes('v'), { ttl: 60 })
  clock.now += 59_000
  t.equal(text(await get.run(call, bytes('k'))), 'v')
  clock.now += 2_000
  t.equal(await get.run(call, bytes('k')), undefined)
})

t.test('many increments at once lose no step', async t => {
  const {
    functions: { increment, get },
    call
  } = await kv(t)
  const sums = await Promise.all(
    Array.from({ length: 500 }, () => increment.run(call, bytes('n'), undefined, undefined))
  )
  t.equal(new Set(sums).size, 500)
  t.equal(text(await get.run(call, bytes('n'))), '500')
  t.equal(await increment.run(call, bytes('n'), -500.5, undefined), -0.5)
})

t.test('a large sum is kept with all its digits', async t => {
  const {
    functions: { increment, get },
    call
  } = await kv(t)
  await increment.run(call, bytes('n'), 2 ** 62, undefined)
  t.equal(text(await get.run(call, bytes('n'))), '4611686018427387904')
  await increment.run(call, bytes('f'), 0.1, undefined)
  await increment.run(call, bytes('f'), 0.2, undefined)
  t.equal(text(await get.run(call, bytes('f'))), '0.30000000000000004')
})

t.test('incrementing what is no number is misuse, and changes nothing', async t => {
  const {
    functions: { increment, set, get },
    call
  } = await kv(t)
  await set.run(call, bytes('k'), bytes('text'), undefined)
  await t.rejects(async () => await increment.run(call, bytes('k'), 1, undefined), LuaMisuse)
  await t.rejects(
    async () => await increment.run(call, bytes('n'), Infinity, undefined),
    new LuaMisuse("bad argument #2 to 'kv.increment' (a finite number expected)")
  )
  t.equal(text(await get.run(call, bytes('k'))), 'text')
})

t.test('compareAndSet replaces only what is expected', async t => {
  const {
    functions: { compareAndSet, get },
    call
  } = await kv(t)
  const swap = (expected?: string, next?: string) =>
    compareAndSet.run(
      call,
      bytes('k'),
      expected === undefined ? undefined : bytes(expected),
      next === undefined ? undefined : bytes(next)
    )
  t.equal(await swap('a', 'b'), false)
  t.equal(await swap(undefined, 'a'), true)
  t.equal(await swap(undefined, 'b'), false)
  t.equal(await swap('a', 'b'), true)
  t.equal(text(await get.run(call, bytes('k'))), 'b')
  t.equal(await swap('b'), true)
  t.equal(await get.run(call, bytes('k')), undefined)
})

t.test('list gives entries in order, by prefix, in pages', async t => {
  const {
    functions: { list, set },
    call,
    other
  } = await kv(t)
  for (const key of ['b:2', 'a', 'b:1', 'b:3', 'c', 'b:\xff']) {
    await set.run(call, bytes(key), bytes(`value of ${key}`), undefined)
  }
  await set.run(other, bytes('b:other'), bytes('x'), undefined)
  const keys = async (...args: [prefix?: string, limit?: number, after?: string]) =>
    (
      await list.run(
        call,
        ...(args.map(arg => (typeof arg === 'string' ? bytes(arg) : arg)) as Parameters<
          typeof list.run
        > extends [unknown, ...infer Rest]
          ? Rest
          : never)
      )
    ).map(({ key }) => text(key))
  t.same(await keys(), ['a', 'b:1', 'b:2', 'b:3', 'b:\xff', 'c'])
  t.same(await keys('b:'), ['b:1', 'b:2', 'b:3', 'b:\xff'])
  t.same(await keys('b:', 2), ['b:1', 'b:2'])
  t.same(await keys('b:', 2, 'b:2'), ['b:3', 'b:\xff'])
  t.same(await keys('b:', 2, 'b:\xff'), [])
  t.equal(text((await list.run(call, bytes('a'), undefined, undefined))[0]?.value), 'value of a')
})

t.test('list is cut by size too, and goes on behind the last key', async t => {
  const {
    functions: { list, set },
    call
  } = await kv(t)
  const large = Buffer.alloc(3 * 1024 * 1024)
  for (const key of ['a', 'b', 'c', 'd', 'e']) await set.run(call, bytes(key), large, undefined)
  const seen: Array<string | undefined> = []
  for (let after: Uint8Array | undefined; ;) {
    const page = await list.run(call, undefined, undefined, after)
    if (page.length === 0) break
    t.ok(page.length <= 2, `${page.length} entries of 3 MiB`)
    seen.push(...page.map(({ key }) => text(key)))
    after = page.at(-1)?.key
  }
  t.same(seen, ['a', 'b', 'c', 'd', 'e'])
})

t.test('listKeys and all give the whole store, the global ones that of all functions', async t => {
  const { functions, call, other } = await kv(t)
  t.same(await functions.listKeys.run(call), [])
  t.equal(((await functions.all.run(call)) as Map<Uint8Array, Uint8Array>).size, 0)
  for (let i = 0; i < 2500; i++) {
    await functions.set.run(call, bytes(`k${i}`), bytes(`v${i}`), undefined)
  }
  await functions.set.run(call, bytes('\xff'), bytes('\0'), undefined)
  await functions.set.run(call, bytes('gone'), bytes('x'), { ttl: 0.001 })
  await functions.set.run(other, bytes('theirs'), bytes('x'), undefined)
  await functions.setGlobal.run(other, bytes('shared'), bytes('y'), undefined)
  while ((await functions.get.run(call, bytes('gone'))) !== undefined);
  const expected = [...Array.from({ length: 2500 }, (_, i) => `k${i}`).sort(), '\xff']
  t.same((await functions.listKeys.run(call)).map(text), expected)
  const all = (await functions.all.run(call)) as Map<Uint8Array, Uint8Array>
  t.same(
    [...all].map(([key, value]) => [text(key), text(value)]),
    expected.map(key => [key, key === '\xff' ? '\0' : key.replace('k', 'v')])
  )
  t.same((await functions.listGlobalKeys.run(call)).map(text), ['shared'])
  t.same(
    [...((await functions.allGlobal.run(call)) as Map<Uint8Array, Uint8Array>)].map(
      ([key, value]) => [text(key), text(value)]
    ),
    [['shared', 'y']]
  )
  t.same(
    (await functions.listGlobal.run(call, bytes('s'), undefined, undefined)).map(({ key }) =>
      text(key)
    ),
    ['shared']
  )
})

t.test('all of a store that is too large is misuse that names the way out', async t => {
  const { functions, call } = await kv(t)
  for (const key of ['a', 'b', 'c']) {
    await functions.setGlobal.run(call, bytes(key), Buffer.alloc(3 * 1024 * 1024), undefined)
  }
  t.same((await functions.listGlobalKeys.run(call)).map(text), ['a', 'b', 'c'])
  await t.rejects(
    async () => await functions.allGlobal.run(call),
    new LuaMisuse(
      'kv.allGlobal: the store has more than 100000 entries or 8 MiB; read it in parts with kv.listGlobal'
    )
  )
})

t.test('every write tells that the execution writes, and no read does', async t => {
  const { functions, linked, call } = await kv(t)
  await functions.get.run(call, bytes('k'))
  await functions.list.run(call, undefined, undefined, undefined)
  await functions.getGlobal.run(call, bytes('k'))
  t.equal(linked.length, 0)
  await functions.set.run(call, bytes('k'), bytes('1'), undefined)
  await functions.increment.run(call, bytes('k'), 1, undefined)
  await functions.compareAndSet.run(call, bytes('k'), undefined, bytes('v'))
  await functions.delete.run(call, bytes('k'))
  await functions.setGlobal.run(call, bytes('k'), bytes('1'), undefined)
  await functions.deleteGlobal.run(call, bytes('k'))
  t.same(
    linked,
    Array.from({ length: 6 }, () => call.executionId)
  )
})
