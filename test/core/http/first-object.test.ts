import t from 'tap'
import { parseFirstObject } from '../../../core/http/first-object.js'

t.test('reads a plain object', async t => {
  t.same(parseFirstObject(' {"a": [1, {"b": "}"}]} '), { a: [1, { b: '}' }] })
})

t.test('ignores whatever follows the first object', async t => {
  for (const rest of ['{"a":2}', ' trailing', ']', '"', '}}']) {
    t.same(parseFirstObject(`{"a":1}${rest}`), { a: 1 }, rest)
  }
})

t.test('braces and escaped quotes inside texts do not end the object', async t => {
  t.same(parseFirstObject('{"a":"}\\"}\\\\"} x'), { a: '}"}\\' })
})

t.test('refuses what does not begin with a whole JSON value', async t => {
  for (const text of [
    '',
    ' ',
    'hello',
    '{',
    '{"a":',
    '{"a":1',
    '{"a":"',
    '{"a":"\\',
    '[1,',
    '{a:1}',
    '{"a":1,}',
    '\ufeff{}',
    "{'a':1}"
  ]) {
    t.throws(() => parseFirstObject(text), SyntaxError, text)
  }
})

t.test('survives depth and size', async t => {
  const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}} x`
  t.doesNotThrow(() => parseFirstObject(deep))
  t.same(parseFirstObject(`{"a":"${'\\"'.repeat(1_000_000)}"} x`), { a: '"'.repeat(1_000_000) })
})
