// base64.encode and base64.decode (standard alphabet, padded).
import { luaRows, lua, FAILS } from '../lib/dsl.mjs'

export const area = 'lua-base64'

const ALL = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
const ALL_IN_LUA =
  'local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end all = table.concat(all)'

export default [
  luaRows(
    'encode',
    { share: true },
    ['base64.encode("Hello World")', 'SGVsbG8gV29ybGQ='],
    ['base64.encode("a")', 'YQ=='],
    ['base64.encode("ab")', 'YWI='],
    ['base64.encode("abc")', 'YWJj'],
    ['base64.encode("")', '']
  ),
  lua('encode-every-byte', { share: true }, `${ALL_IN_LUA} return base64.encode(all)`, [
    ALL.toString('base64')
  ]),
  luaRows(
    'decode',
    { share: true },
    ['base64.decode("SGVsbG8gV29ybGQ=")', 'Hello World'],
    ['base64.decode("YQ==")', 'a'],
    ['base64.decode("")', '']
  ),
  luaRows('decode-missing-padding-fails', { share: true }, ['base64.decode("aGVsbG8")', FAILS])
]
