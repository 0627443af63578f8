import t from 'tap'
import { bearerOf, createKeyCheck } from '../../../plugins/auth/key-check.js'

t.test('only the exact key passes', async t => {
  const isKey = createKeyCheck('a-key')
  t.ok(isKey('a-key'))
  for (const guess of ['', 'a-ke', 'a-key ', ' a-key', 'A-KEY', 'a-key\n', 'a-keyy']) {
    t.notOk(isKey(guess), JSON.stringify(guess))
  }
})

t.test('a bearer is what follows the word and one space', async t => {
  t.equal(bearerOf('Bearer x'), 'x')
  t.equal(bearerOf('Bearer  x'), ' x')
  for (const header of [
    undefined,
    '',
    'x',
    'Bearer',
    'bearer x',
    'BEARER x',
    'Bearer\tx',
    'Basic x'
  ]) {
    t.equal(bearerOf(header), undefined, String(header))
  }
})
