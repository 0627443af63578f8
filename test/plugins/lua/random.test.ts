import t from 'tap'
import { runContext } from '../../../plugins/lua/run-context.js'
import { call, FAILS, RAISES, rows } from './support/rows.js'

const draw = <T>(count: number, name: string, ...args: unknown[]): T[] =>
  Array.from({ length: count }, () => call(name, ...args) as T)

t.test('int gives every number of the range and no other', async t => {
  t.same(new Set(draw<number>(2000, 'random.int', 1, 6)), new Set([1, 2, 3, 4, 5, 6]))
  t.same(new Set(draw<number>(200, 'random.int', -1, 0)), new Set([-1, 0]))
  rows(t, 'random.int', [[7, 7], 7], [[7.9, 7.1], 7], [[-7.9, -7.1], -7])
})

t.test('int takes ranges up to 2^53 numbers', async t => {
  for (const n of draw<number>(500, 'random.int', 0, 2 ** 53 - 1)) {
    t.ok(Number.isSafeInteger(n) && n >= 0)
  }
})

t.test('int draws again where the division leaves a rest', async t => {
  const { fillRandom } = runContext
  t.teardown(() => {
    runContext.fillRandom = fillRandom
  })
  // The greatest 53-bit number is above the last whole multiple of 3; the next is 4.
  const values = [255, 4]
  runContext.fillRandom = bytes => {
    const value = values.shift()!
    if (value === 255) bytes.fill(255)
    else bytes[0] = value
  }
  t.equal(call('random.int', 0, 2), 1)
  t.equal(values.length, 0)
})

t.test('int raises for wrong ranges', async t => {
  rows(
    t,
    'random.int',
    [[5, 1], RAISES],
    [[NaN, 1], RAISES],
    [[1, Infinity], RAISES],
    [[-(2 ** 53), 2 ** 53], RAISES],
    [[0, 2 ** 54], RAISES]
  )
})

t.test('float is from 0 to below 1', async t => {
  const values = draw<number>(2000, 'random.float')
  t.ok(values.every(value => value >= 0 && value < 1))
  t.ok(Math.max(...values) - Math.min(...values) > 0.5)
})

t.test('string has letters and digits of all kinds', async t => {
  const text = call('random.string', 5000) as string
  t.match(text, /^[A-Za-z0-9]{5000}$/)
  t.equal(new Set(text).size, 62)
  rows(
    t,
    'random.string',
    [[0], RAISES],
    [[-1], RAISES],
    [[0.9], RAISES],
    [[NaN], RAISES],
    [[1e12], RAISES]
  )
  t.match(call('random.string', 1.9), /^.$/)
})

t.test('bytes and hex have the length asked for', async t => {
  t.equal(Buffer.from(call('random.bytes', 10) as string, 'base64').length, 10)
  t.match(call('random.hex', 10), /^[0-9a-f]{20}$/)
  for (const name of ['random.bytes', 'random.hex']) {
    rows(
      t,
      name,
      [[0], FAILS],
      [[-1], FAILS],
      [[NaN], FAILS],
      [[1e12], RAISES],
      [[Infinity], RAISES]
    )
  }
})

t.test("ids are unique, increase, and begin with the time of the run's clock", async t => {
  const { now } = runContext
  t.teardown(() => {
    runContext.now = now
  })
  const ids = draw<string>(1000, 'random.id')
  t.ok(ids.every(id => /^[0-9a-v]{20}$/.test(id)))
  t.same([...ids].sort(), ids)
  t.equal(new Set(ids).size, 1000)
  runContext.now = () => 4_000_000_000_000
  const seconds = Math.floor(parseInt((call('random.id') as string).slice(0, 7), 32) / 8)
  t.equal(seconds, 4_000_000_000)
})
