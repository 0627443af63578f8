import t from 'tap'
import { createLoginAttempts } from '../../../plugins/auth/login-attempts.js'

function attempts() {
  const clock = { now: 1_000_000 }
  return { clock, ...createLoginAttempts(() => clock.now) }
}

const times = (count: number, act: () => void) => {
  for (let i = 0; i < count; i++) act()
}

/** Whether a wrong attempt would be refused; it counts as one if not. */
const isRefused = (fail: (address: string) => number, address: string) => fail(address) > 0

t.test('the first twenty failures are free', async t => {
  const { fail } = attempts()
  times(20, () => {
    t.equal(fail('192.0.2.1'), 0)
  })
  t.equal(fail('192.0.2.1'), 30)
})

t.test('further ones cost twice as long each time, up to five minutes', async t => {
  const { clock, fail } = attempts()
  times(20, () => fail('192.0.2.1'))
  const waits = Array.from({ length: 6 }, () => {
    const wait = fail('192.0.2.1')
    clock.now += wait * 1000
    t.equal(fail('192.0.2.1'), 0, 'then one is looked at again')
    return wait
  })
  t.same(waits, [30, 60, 120, 240, 300, 300])
})

t.test('the wait passes, also for one that goes on', async t => {
  const { clock, fail } = attempts()
  times(1000, () => fail('192.0.2.1'))
  clock.now += 29_500
  t.equal(fail('192.0.2.1'), 1)
  clock.now += 500
  t.equal(fail('192.0.2.1'), 0)
})

t.test('the right key at the login wipes the failures out', async t => {
  const { fail, succeed } = attempts()
  times(25, () => fail('192.0.2.1'))
  succeed('192.0.2.1')
  t.notOk(isRefused(fail, '192.0.2.1'))
})

t.test('a quarter of an hour without a failure wipes them out too', async t => {
  const { clock, fail } = attempts()
  times(25, () => fail('192.0.2.1'))
  clock.now += 15 * 60_000
  times(20, () => {
    t.notOk(isRefused(fail, '192.0.2.1'))
  })
})

t.test('one address does not make another wait', async t => {
  const { fail } = attempts()
  times(25, () => fail('192.0.2.1'))
  t.notOk(isRefused(fail, '192.0.2.2'))
})

t.test('one IPv6 network counts as one address, as does IPv4 in either notation', async t => {
  const { fail } = attempts()
  times(25, () => fail('2001:db8:1:2::1'))
  t.ok(isRefused(fail, '2001:db8:1:2:ffff::9'))
  t.notOk(isRefused(fail, '2001:db8:1:3::1'))
  times(25, () => fail('::ffff:192.0.2.9'))
  t.ok(isRefused(fail, '192.0.2.9'))
})

t.test('a flood of addresses takes bounded memory', async t => {
  const { fail, size } = attempts()
  for (let i = 0; i < 12_000; i++) fail(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
  t.equal(size(), 10_000)
})
