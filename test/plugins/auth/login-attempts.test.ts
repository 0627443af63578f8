import t from 'tap'
import { createLoginAttempts } from '../../../plugins/auth/login-attempts.js'

function attempts () {
  const clock = { now: 1_000_000 }
  return { clock, ...createLoginAttempts(() => clock.now) }
}

const times = (count: number, act: () => void) => { for (let i = 0; i < count; i++) act() }

t.test('the first failures cost nothing', async t => {
  const { fail, secondsToWait } = attempts()
  times(19, () => fail('192.0.2.1'))
  t.equal(secondsToWait('192.0.2.1'), 0)
})

t.test('further ones cost twice as long each time, up to five minutes', async t => {
  const { fail, secondsToWait } = attempts()
  times(20, () => fail('192.0.2.1'))
  const waits = Array.from({ length: 11 }, () => {
    const wait = secondsToWait('192.0.2.1')
    fail('192.0.2.1')
    return wait
  })
  t.same(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
})

t.test('the wait passes', async t => {
  const { clock, fail, secondsToWait } = attempts()
  times(21, () => fail('192.0.2.1'))
  clock.now += 1500
  t.equal(secondsToWait('192.0.2.1'), 1)
  clock.now += 500
  t.equal(secondsToWait('192.0.2.1'), 0)
})

t.test('the right key wipes the failures out', async t => {
  const { fail, succeed, secondsToWait } = attempts()
  times(25, () => fail('192.0.2.1'))
  succeed('192.0.2.1')
  t.equal(secondsToWait('192.0.2.1'), 0)
  fail('192.0.2.1')
  t.equal(secondsToWait('192.0.2.1'), 0)
})

t.test('a quarter of an hour without a failure wipes them out too', async t => {
  const { clock, fail, secondsToWait } = attempts()
  times(25, () => fail('192.0.2.1'))
  clock.now += 15 * 60_000
  fail('192.0.2.1')
  t.equal(secondsToWait('192.0.2.1'), 0)
})

t.test('one address does not make another wait', async t => {
  const { fail, secondsToWait } = attempts()
  times(25, () => fail('192.0.2.1'))
  t.equal(secondsToWait('192.0.2.2'), 0)
})

t.test('one IPv6 network counts as one address, as does IPv4 in either notation', async t => {
  const { fail, secondsToWait } = attempts()
  times(25, () => fail('2001:db8:1:2::1'))
  t.not(secondsToWait('2001:db8:1:2:ffff::9'), 0)
  t.equal(secondsToWait('2001:db8:1:3::1'), 0)
  times(25, () => fail('::ffff:192.0.2.9'))
  t.not(secondsToWait('192.0.2.9'), 0)
})

t.test('a flood of addresses takes bounded memory', async t => {
  const { fail, size } = attempts()
  for (let i = 0; i < 12_000; i++) fail(`10.${i >> 16}.${i >> 8 & 255}.${i & 255}`)
  t.equal(size(), 10_000)
})
