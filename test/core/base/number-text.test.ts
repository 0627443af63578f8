import t from 'tap'
import { numberToString } from '../../../core/base/number-text.js'

t.test('numbers are written as tostring writes them', async t => {
  for (const [number, text] of [
    [0, '0'],
    [-0, '0'],
    [5, '5'],
    [-3, '-3'],
    [2 ** 53, '9007199254740992'],
    [2 ** 53 + 2, '9007199254740994'],
    [2 ** 62, '4611686018427387904'],
    [-(2 ** 63), '-9223372036854775808'],
    [2 ** 64, '1.844674407371e+19'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333'],
    [1e100, '1e+100'],
    [-1e-7, '-1e-07'],
    [123456.789, '123456.789'],
    [NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf']
  ] as const) {
    t.equal(numberToString(number), text)
  }
})
