// json.encode and json.decode.
import { luaRows, FAILS } from '../lib/dsl.mjs'

export const area = 'lua-json'

/** Row check: the first value is JSON text that means `value`. */
const means =
  value =>
  ([text], t, expr) => {
    t.isText(text, expr)
    t.eq(JSON.parse(text), value, expr)
  }

const decode = text => `json.decode([==[${text}]==])`

export default [
  luaRows(
    'encode-tables',
    { share: true },
    ['json.encode({ n = 1 })', '{"n":1}'],
    ['json.encode({ 1, 2, 3 })', '[1,2,3]'],
    ['json.encode({ list = { 1, { x = "y z" } } })', '{"list":[1,{"x":"y z"}]}'],
    [
      'json.encode({ a = { b = { c = { 1, 2, { d = "x" } } } } })',
      '{"a":{"b":{"c":[1,2,{"d":"x"}]}}}'
    ]
  ),
  luaRows(
    'encode-empty-table-is-an-object',
    { share: true },
    ['json.encode({})', '{}'],
    ['json.encode({ a = {} })', '{"a":{}}']
  ),
  luaRows(
    'encode-whole-numbers-have-no-point',
    { share: true },
    ['json.encode({ 10 / 2, 2 ^ 10, 3 * 1.0 })', '[5,1024,3]'],
    ['json.encode({ 2 ^ 53, 1e15 })', '[9007199254740992,1000000000000000]']
  ),
  luaRows(
    'encode-keys-are-sorted',
    { share: true },
    ['json.encode({ b = 2, a = 1, c = 3 })', '{"a":1,"b":2,"c":3}'],
    ['json.encode({ z = { y = 1, x = 2 }, B = 1 })', '{"B":1,"z":{"x":2,"y":1}}']
  ),
  luaRows(
    'encode-escapes',
    { share: true },
    ['json.encode("q\\" b\\\\ n\\n t\\t r\\r z\\0 s/")', means('q" b\\ n\n t\t r\r z\0 s/')],
    ['json.encode("<a href=\\"x\\">&amp;</a>")', means('<a href="x">&amp;</a>')],
    ['json.encode("é漢😀")', means('é漢😀')]
  ),
  luaRows(
    'encode-nan-and-infinity-fail',
    { share: true },
    ['json.encode(0/0)', FAILS],
    ['json.encode({ x = 1/0 })', FAILS],
    ['json.encode({ -1/0 })', FAILS]
  ),
  luaRows(
    'decode-values',
    { share: true },
    [decode('{"a":1,"b":"x","c":true}'), { a: 1, b: 'x', c: true }],
    [decode('[1,"two",false]'), [1, 'two', false]],
    [decode('{"a":[{"b":[1,[2]]}]}'), { a: [{ b: [1, [2]] }] }],
    [decode('[1,-2,0.5,1e3,1.5E-2,true]'), [1, -2, 0.5, 1000, 0.015, true]],
    [decode('"text"'), 'text'],
    [decode('12'), 12]
  ),
  luaRows(
    'decode-cut-text-fails',
    { share: true },
    [decode(''), FAILS],
    [decode('{"a":'), FAILS],
    [decode('[1,2'), FAILS],
    [decode('"open'), FAILS]
  )
]
