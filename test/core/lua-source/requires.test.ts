import t from 'tap'
import { ANY_MODULE, findRequires } from '../../../core/lua-source/requires.js'

t.test('constant names are found in every way of writing them, each once, sorted', async t => {
  t.strictSame(
    findRequires(`
      local b = require("b")
      local a = require 'shop.a'
      local c = require [[c]]
      local ok, d = pcall(require, "d")
      function handler() return require ( "b" ).x end
      local e = require("\\101\\x66")
    `),
    ['b', 'c', 'd', 'ef', 'shop.a']
  )
})

t.test('comments, texts and fields of that name are none', async t => {
  t.strictSame(
    findRequires(`
      -- require("one")
      --[==[ require("two") ]==]
      --- require("three")
      local text = 'fields require a value'
      local x = shop.require("four") + shop:require("five")
      local required = { require = 1 }.y
    `),
    [ANY_MODULE],
    'but a table may have such a key, of which more is not known'
  )
  t.strictSame(findRequires('-- require("one")\nlocal a = s.require("x") or "we require it"'), [])
})

t.test('names that are computed stand for any module', async t => {
  for (const code of [
    'return require(name)',
    'return require("shop." .. name)',
    'local load_it = require',
    'return _G["require"]("x")',
    'return load("return require(\'x\')")()',
    'return require'
  ]) {
    t.strictSame(findRequires(code), [ANY_MODULE], code)
  }
})

t.test(
  'code that nobody can read gives what it has, in time that grows with its length',
  async t => {
    t.strictSame(findRequires('require("a") = = "open\nrequire("b") [[ never closed'), ['a', 'b'])
    for (const part of [
      '[',
      '[=',
      '--',
      '--[[',
      '"',
      "'",
      '\\',
      '{',
      'require(',
      '---@param ',
      '((('
    ]) {
      t.doesNotThrow(() => findRequires(`require("a") ${part.repeat(200_000)}`), part)
    }
  }
)

t.test('of very many names the rest may be any, and names that no module has are none', async t => {
  const many = Array.from({ length: 1500 }, (_, i) => `require("m${i}")`).join('\n')
  const found = findRequires(many)
  t.ok(found.includes(ANY_MODULE))
  t.equal(found.length, 1001)
  t.strictSame(findRequires(`require("${'x'.repeat(100_000)}")`), [])
  t.strictSame(findRequires('pcall(require, require("x"))'), [ANY_MODULE, 'x'])
})
