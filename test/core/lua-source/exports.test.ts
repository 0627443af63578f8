import t from 'tap'
import { findExports } from '../../../core/lua-source/exports.js'

const shown = (code: string) =>
  findExports(code).map(({ kind, signature, description }) => [kind, signature, description])

t.test('the fields of the returned table are read with their comments', async t => {
  const code = `
    --- What the shop knows.
    local shop = {}

    --- The tax, as a share.
    ---@type number
    shop.tax = 0.2
    shop.names = { first = "a", second = function() return 1 end }

    local function round(n) if n > 0 then return n end return -n end

    --- The price with tax.
    --- Rounded.
    ---@param net number Without tax.
    ---@param places? integer
    ---@return number
    function shop.gross(net, places)
      for i = 1, 3 do if i == 2 then local x = function() end end end
      repeat local y = 1 until y == 1
      return round(net * (1 + shop.tax))
    end

    ---@return string, table<string, number>
    function shop:title(...) return "x" end

    shop.round = round
    shop.price = function(item) return shop.gross(item.net) end

    return shop`
  t.strictSame(shown(code), [
    ['value', 'tax: number', 'The tax, as a share.'],
    ['value', 'names', ''],
    [
      'function',
      'gross(net: number, places?: integer): number',
      'The price with tax.\nRounded.\n\n`net`: Without tax.'
    ],
    ['function', 'title(self, ...): string, table<string, number>', ''],
    ['function', 'round(n)', ''],
    ['function', 'price(item)', '']
  ])
})

t.test('a table that is returned as it is written', async t => {
  const code = `
    ---Adds.
    ---@param a number
    ---@param b number
    ---@return number sum
    local function add(a, b) return a + b end
    local version = 2
    return {
      add = add,
      --- Takes away.
      sub = function(a, b) return a - b end,
      version = version,
      [1] = "x", "y",
      list = { 1, 2, { a = 1 } }
    }`
  t.strictSame(shown(code), [
    ['function', 'add(a: number, b: number): number', 'Adds.'],
    ['function', 'sub(a, b)', 'Takes away.'],
    ['value', 'version', ''],
    ['value', 'list', '']
  ])
})

t.test('a table with a metatable, and one made with its fields', async t => {
  t.strictSame(shown('local m = { a = 1 }\nm.b = 2 + 3\nm.c = x\nreturn setmetatable(m, {})'), [
    ['value', 'a', ''],
    ['value', 'b', ''],
    ['value', 'c', '']
  ])
})

t.test('a comment belongs to what follows it at once', async t => {
  t.strictSame(shown('local m = {}\n--- Of nothing.\n\nfunction m.f() end\nreturn m'), [
    ['function', 'f()', '']
  ])
})

t.test('what gives no table gives no fields, and code with mistakes what can be read', async t => {
  t.strictSame(findExports('return function() end'), [])
  t.strictSame(findExports(''), [])
  t.strictSame(findExports('local m = {'), [])
  t.strictSame(shown('local m = {}\nfunction m.f(a b'), [])
  t.strictSame(shown('local m = {}\nfunction m.f(a) if\nend end end\nreturn m'), [
    ['function', 'f(a)', '']
  ])
})

t.test('any sequence of words comes to an end', async t => {
  const words =
    'local m = { } ( ) [ ] , ; . : function return end if do repeat until and x 1 "s" --- d'.split(
      ' '
    )
  let seed = 1
  const next = () => (seed = (seed * 48_271) % 2_147_483_647)
  for (let i = 0; i < 3000; i++) {
    const code = Array.from({ length: 1 + (next() % 30) }, () => words[next() % words.length])
    t.doesNotThrow(() => findExports(code.join(next() % 2 === 0 ? ' ' : '\n')))
  }
})

t.test('any text is read in time that grows with its length', async t => {
  for (const part of [
    '{',
    '(',
    'function ',
    'm.a = {',
    '---@param a b|',
    'local m = {}\n',
    'if '
  ]) {
    t.doesNotThrow(() => findExports(`local m = {}\n${part.repeat(50_000)}\nreturn m`), part)
  }
})

t.test('what many fields share, and long lists, are read within bounds', async t => {
  const long = Array.from({ length: 20_000 }, (_, i) => `p${i}`).join(', ')
  const fields = Array.from({ length: 5000 }, (_, i) => `f${i} = f`).join(', ')
  const shared = findExports(`local f = function(${long}) end\nreturn { ${fields} }`)
  t.ok(shared.length > 100 && shared.length <= 500)
  t.ok(JSON.stringify(shared).length < 512 * 1024)
  const documented = `--- ${'word '.repeat(20_000)}\nlocal function f() end\nreturn { ${fields} }`
  t.ok(JSON.stringify(findExports(documented)).length < 512 * 1024)
  const noted = `${'---@param p0\n'.repeat(10_000)}function m.f(${'x, '.repeat(30_000)}x) end`
  t.equal(findExports(`local m = {}\n${noted}\nreturn m`).length, 1)
  const wide = `---@return a${' |'.repeat(100_000)}\nfunction m.f() end`
  t.doesNotThrow(() => findExports(`local m = {}\n${wide}\nreturn m`))
  const blank = `---@return${' '.repeat(250_000)}a\u2028b\nfunction m.f() end`
  t.equal(findExports(`local m = {}\n${blank}\nreturn m`).length, 1)
})

t.test('a comment that many fields share is looked into once', async t => {
  const params = Array.from({ length: 100 }, (_, i) => `p${i}`).join(', ')
  const f = `${'---@param other string\n'.repeat(10_000)}local function f(${params}) end`
  const fields = Array.from({ length: 500 }, (_, i) => `f${i} = f`).join(', ')
  for (let i = 0; i < 8; i++) t.ok(findExports(`${f}\nreturn { ${fields} }`).length > 100)
})

t.test('nothing is read of code that is very long', async t => {
  const code = `local m = {}\nfunction m.f() end\n${'-- data\n'.repeat(40_000)}return m`
  t.same(findExports(code), [])
})
