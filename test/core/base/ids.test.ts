import t from 'tap'
import { createIdSource, firstIdOf, secondsOf } from '../../../core/base/ids.js'

t.test('an id is 20 characters of 0-9a-v', async t => {
  t.match(createIdSource().next(), /^[0-9a-v]{20}$/)
})

t.test('ids of one process are strictly increasing, also when the clock steps back', async t => {
  let now = 1_700_000_000
  const ids = createIdSource(() => now)
  const made: string[] = []
  for (let i = 0; i < 5000; i++) {
    if (i === 2000) now += 3
    if (i === 3000) now -= 10
    made.push(ids.next())
  }
  t.same(made, [...new Set(made)].sort())
})

t.test(
  'ids made after a restart within the same second are greater than the last one before it',
  async t => {
    const now = () => 1_700_000_000
    const before = createIdSource(now)
    for (let i = 0; i < 100; i++) before.next()
    const last = before.next()
    for (let i = 0; i < 20; i++) {
      const after = createIdSource(now)
      after.startAfter(last)
      t.ok(after.next() > last)
    }
  }
)

t.test('the time is kept when the last id is old', async t => {
  const old = createIdSource(() => 1_600_000_000).next()
  const ids = createIdSource(() => 1_700_000_000)
  const plain = ids.next()
  ids.startAfter(old)
  t.equal(ids.next().slice(0, 6), plain.slice(0, 6))
})

t.test('an id tells the second it was made in', async t => {
  for (const seconds of [0, 1, 1_700_000_000, 2 ** 31, 2 ** 32 - 1]) {
    t.equal(secondsOf(createIdSource(() => seconds).next()), seconds)
  }
  for (const other of ['', 'x', 'z'.repeat(20), 'A'.repeat(20), '0'.repeat(21)]) {
    t.equal(secondsOf(other), undefined, other)
  }
})

t.test(
  'the first id of a second sorts between those of that second and the one before',
  async t => {
    for (const seconds of [1, 31, 32, 1_700_000_000, 1_700_000_031, 2 ** 32 - 1]) {
      const bound = firstIdOf(seconds)
      for (let i = 0; i < 20; i++) {
        t.ok(createIdSource(() => seconds).next() > bound)
        t.ok(createIdSource(() => seconds - 1).next() < bound)
      }
    }
  }
)
