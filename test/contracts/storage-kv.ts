import type { Test } from 'tap'
import fc from 'fast-check'
import '../helpers/fuzzing.js'
import type { OpenStorage } from './storage.js'
import { bytes, createFunction } from './storage-fixtures.js'

const text = (value: Uint8Array | undefined) =>
  value === undefined ? undefined : Buffer.from(value).toString()

export function testKvStore(t: Test, open: OpenStorage): void {
  t.test('keys and values are bytes', async t => {
    const { kv, functions } = await open(t)
    const every = Uint8Array.from({ length: 256 }, (_, i) => i)
    await kv.set('', every, every)
    t.same([...(await kv.get('', every))!], [...every])
    await kv.set('', bytes(''), bytes(''))
    t.equal((await kv.get('', bytes('')))?.length, 0)
    t.equal(await kv.get('', bytes('a')), undefined)
    t.ok(functions)
  })

  t.test('a value of many megabytes is kept whole', async t => {
    const { kv } = await open(t)
    const large = Buffer.alloc(20 * 1024 ** 2, 'abc')
    await kv.set('', bytes('k'), large)
    t.ok(large.equals((await kv.get('', bytes('k')))!))
  })

  t.test("functions do not see each other's entries, nor the shared ones", async t => {
    const storage = await open(t)
    const [one, two] = [await createFunction(storage), await createFunction(storage)]
    for (const scope of [one, two, '']) {
      await storage.kv.set(scope, bytes('k'), bytes(`of ${scope}`))
    }
    for (const scope of [one, two, '']) {
      t.equal(text(await storage.kv.get(scope, bytes('k'))), `of ${scope}`)
    }
    await storage.kv.delete(one, bytes('k'))
    t.equal(await storage.kv.get(one, bytes('k')), undefined)
    t.equal(text(await storage.kv.get(two, bytes('k'))), `of ${two}`)
  })

  t.test('a function that is not there has no entries and takes none', async t => {
    const { kv } = await open(t)
    t.equal(await kv.get('nope', bytes('k')), undefined)
    t.same(
      await kv.list('nope', { prefix: bytes(''), after: undefined, limit: 10, maxBytes: 1e6 }),
      []
    )
    const writes: Promise<unknown>[] = [
      kv.set('nope', bytes('k'), bytes('v')),
      kv.increment('nope', bytes('k'), 1),
      kv.delete('nope', bytes('k')),
      kv.compareAndSet('nope', bytes('k'), undefined, bytes('v'))
    ]
    for (const write of writes) {
      await t.rejects(write, { code: 'NOT_FOUND', message: /nope/ })
    }
  })

  t.test('a read sees the writes called before it, durable or not', async t => {
    const { kv } = await open(t)
    const set = kv.set('', bytes('k'), bytes('1'))
    const first = kv.get('', bytes('k'))
    const again = kv.set('', bytes('k'), bytes('2'))
    const second = kv.get('', bytes('k'))
    t.same([text(await first), text(await second)], ['1', '2'])
    await Promise.all([set, again])
  })

  t.test('delete says whether there was something', async t => {
    const { kv } = await open(t)
    await kv.set('', bytes('k'), bytes('v'))
    t.equal(await kv.delete('', bytes('k')), true)
    t.equal(await kv.delete('', bytes('k')), false)
  })

  t.test('an expired entry is as good as absent', async t => {
    const clock = { now: 1000 }
    const { kv } = await open(t, clock)
    await kv.set('', bytes('k'), bytes('7'), 2000)
    clock.now = 1999
    t.equal(text(await kv.get('', bytes('k'))), '7')
    t.same(
      (await kv.list('', { prefix: bytes(''), after: undefined, limit: 10, maxBytes: 1e6 })).map(
        ({ expiresAt }) => expiresAt
      ),
      [2000]
    )
    clock.now = 2000
    t.equal(await kv.get('', bytes('k')), undefined)
    t.same(await kv.list('', { prefix: bytes(''), after: undefined, limit: 10, maxBytes: 1e6 }), [])
    t.equal(await kv.delete('', bytes('k')), false)
    await kv.set('', bytes('k'), bytes('7'), 2000)
    t.equal(await kv.increment('', bytes('k'), 1), 1)
    await kv.set('', bytes('k'), bytes('7'), 2000)
    t.equal(await kv.compareAndSet('', bytes('k'), undefined, bytes('new')), true)
    t.equal(text(await kv.get('', bytes('k'))), 'new', 'the old expiry is gone')
  })

  t.test('set without an expiry takes an earlier one away', async t => {
    const clock = { now: 0 }
    const { kv } = await open(t, clock)
    await kv.set('', bytes('k'), bytes('1'), 10)
    await kv.set('', bytes('k'), bytes('2'))
    clock.now = 20
    t.equal(text(await kv.get('', bytes('k'))), '2')
  })

  t.test('expired entries are deleted in batches, others stay', async t => {
    const clock = { now: 0 }
    const { kv } = await open(t, clock)
    for (let i = 0; i < 10; i++) await kv.set('', bytes(`k${i}`), bytes('v'), 100 + i)
    await kv.set('', bytes('stays'), bytes('v'))
    t.equal(await kv.expire(107, 5), 5)
    t.equal(await kv.expire(107, 5), 3)
    t.equal(await kv.expire(107, 5), 0)
    t.same(
      (await kv.list('', { prefix: bytes(''), after: undefined, limit: 20, maxBytes: 1e6 })).map(
        ({ key }) => text(key)
      ),
      ['k8', 'k9', 'stays']
    )
  })

  t.test(
    'increment counts from 0, in whole and other numbers, and loses none in parallel',
    async t => {
      const { kv } = await open(t)
      const key = bytes('n')
      const sums = await Promise.all(Array.from({ length: 500 }, () => kv.increment('', key, 1)))
      t.same(
        sums,
        Array.from({ length: 500 }, (_, i) => i + 1)
      )
      t.equal(text(await kv.get('', key)), '500')
      t.equal(await kv.increment('', key, -500.5), -0.5)
      await kv.set('', key, bytes('9007199254740991'))
      t.equal(await kv.increment('', key, -1), 9007199254740990)
      t.equal(text(await kv.get('', key)), '9007199254740990')
    }
  )

  t.test('increment keeps the expiry', async t => {
    const clock = { now: 0 }
    const { kv } = await open(t, clock)
    await kv.set('', bytes('n'), bytes('1'), 10)
    await kv.increment('', bytes('n'), 1)
    clock.now = 10
    t.equal(await kv.get('', bytes('n')), undefined)
  })

  t.test('increment refuses what is no number and leaves it as it was', async t => {
    const { kv } = await open(t)
    for (const value of ['', 'x', '1 ', '0x1', 'NaN', 'Infinity', '1'.repeat(1000)]) {
      await kv.set('', bytes('n'), bytes(value))
      await t.rejects(
        kv.increment('', bytes('n'), 1),
        { code: 'KV_NOT_A_NUMBER' },
        value.slice(0, 10)
      )
      t.equal(text(await kv.get('', bytes('n'))), value)
    }
    await kv.set('', bytes('n'), bytes('1e308'))
    await t.rejects(kv.increment('', bytes('n'), 1e308 * 1.7), { code: 'KV_NOT_A_NUMBER' })
    await t.rejects(kv.increment('', bytes('n'), NaN), { code: 'KV_NOT_A_NUMBER' })
    t.equal(text(await kv.get('', bytes('n'))), '1e308')
  })

  t.test('compareAndSet changes only what is as expected', async t => {
    const { kv } = await open(t)
    const key = bytes('k')
    t.equal(await kv.compareAndSet('', key, bytes('a'), bytes('b')), false, 'absent')
    t.equal(await kv.compareAndSet('', key, undefined, bytes('a')), true)
    t.equal(await kv.compareAndSet('', key, undefined, bytes('x')), false)
    t.equal(await kv.compareAndSet('', key, bytes('A'), bytes('x')), false)
    t.equal(await kv.compareAndSet('', key, bytes('a'), bytes('b')), true)
    t.equal(text(await kv.get('', key)), 'b')
    t.equal(await kv.compareAndSet('', key, bytes('b'), undefined), true)
    t.equal(await kv.get('', key), undefined)
    t.equal(await kv.compareAndSet('', key, undefined, undefined), true)
  })

  t.test('of many that swap the same value one wins', async t => {
    const { kv } = await open(t)
    const wins = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        kv.compareAndSet('', bytes('lock'), undefined, bytes(`${i}`))
      )
    )
    t.equal(wins.filter(Boolean).length, 1)
    t.equal(text(await kv.get('', bytes('lock'))), `${wins.indexOf(true)}`)
  })

  t.test('a list stops behind the entry that fills its bytes', async t => {
    const { kv } = await open(t)
    for (const key of ['a', 'b', 'c']) await kv.set('', bytes(key), Buffer.alloc(99))
    const listed = async (maxBytes: number) =>
      (await kv.list('', { prefix: bytes(''), after: undefined, limit: 10, maxBytes })).map(
        ({ key }) => text(key)
      )
    t.same(await listed(0), ['a'])
    t.same(await listed(1), ['a'])
    t.same(await listed(100), ['a'])
    t.same(await listed(101), ['a', 'b'])
    t.same(await listed(300), ['a', 'b', 'c'])
    await kv.set('', bytes('d'), bytes(''))
    t.same(await listed(1000), ['a', 'b', 'c', 'd'], 'the list has left nothing open')
  })

  t.test('entries are listed by prefix in byte order, page by page', async t => {
    const storage = await open(t)
    const byte = fc.constantFrom(0, 1, 0x61, 0x62, 0xfe, 0xff)
    const key = fc.array(byte, { maxLength: 3 }).map(list => Buffer.from(list))
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { selector: value => value.toString('hex'), maxLength: 25 }),
        key,
        fc.option(key),
        async (keys, prefix, after) => {
          const id = await createFunction(storage)
          await Promise.all(keys.map(value => storage.kv.set(id, value, value)))
          const expected = keys
            .filter(
              value =>
                value.subarray(0, prefix.length).equals(prefix) &&
                (after === null || Buffer.compare(value, after) > 0)
            )
            .sort(Buffer.compare)
          const seen: Buffer[] = []
          let last: Uint8Array | undefined = after ?? undefined
          for (;;) {
            const page = await storage.kv.list(id, { prefix, after: last, limit: 4, maxBytes: 1e6 })
            seen.push(...page.map(entry => Buffer.from(entry.key)))
            if (page.length < 4) break
            last = page.at(-1)?.key
          }
          t.same(
            seen.map(value => value.toString('hex')),
            expected.map(value => value.toString('hex'))
          )
        }
      ),
      { numRuns: 60 }
    )
  })
}
