import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine({
  sources: {
    a: 'local name = ... loads = (loads or 0) + 1 return { name = name, loads = loads }',
    b: 'require("c")',
    c: 'require("b")',
    broken: 'x = = 1'
  }
})

t.test('what Lua 5.1 had and 5.3 dropped is there', async t => {
  t.strictSame(
    lua.values(
      'return unpack({ 1, 2 }), table.getn({ 1, 2, 3 }), table.maxn({ 1, [10] = 2 }), math.pow(2, 10), math.mod(7, 3), math.log10(1000), math.ldexp(0.5, 3)'
    ),
    [1, 3, 10, 1024, 1, 3, 4]
  )
  t.strictSame(
    lua.values(
      'local m, e = math.frexp(10) return m, e, loadstring("return 1 + 1")(), (select(2, loadstring("x =", "=c")))'
    ),
    [0.625, 4, 2, 'c:1: unexpected symbol near <eof>']
  )
  t.strictSame(
    lua.values(
      'local t = {} for w in string.gfind("a b", "%a") do t[#t + 1] = w end table.foreach({ x = 1 }, function(k, v) t[#t + 1] = k .. v end) table.foreachi({ "p" }, function(i, v) t[#t + 1] = i .. v end) return table.concat(t, ",")'
    ),
    ['a,b,x1,1p']
  )
})

t.test('setfenv and getfenv give one function globals of its own', async t => {
  t.strictSame(
    lua.values(
      'local function f() return x end x = "global" setfenv(f, { x = "own" }) local g = function() return x end return f(), g(), getfenv(f).x, getfenv(1) == _G, getfenv(0) == _G'
    ),
    ['own', 'global', 'own', true, true]
  )
  t.strictSame(lua.values('local ok, e = pcall(setfenv, print, {}) return ok, e'), [
    false,
    "'setfenv' cannot change environment of given object"
  ])
})

t.test('arguments that should be whole numbers are cut off, as in Lua 5.1', async t => {
  t.strictSame(
    lua.values(
      'return ("hello"):sub(1, 5 / 2), ("x"):rep(2.9), string.format("%d", 7 / 2), select(1.5, "a", "b"), string.char(65.7)'
    ),
    ['he', 'xx', '3', 'a', 'A']
  )
})

t.test('bit32 works on 32 bits without a sign', async t => {
  t.strictSame(
    lua.values(
      'return bit32.band(-1, 0xFF), bit32.bnot(0), bit32.lshift(1, 31), bit32.rshift(-1, 28), bit32.arshift(0x80000000, 4), bit32.lrotate(0x80000001, 1), bit32.extract(0xABCD, 4, 8), bit32.replace(0, 0xF, 4, 4), bit32.btest(6, 3)'
    ),
    [255, 4294967295, 2147483648, 15, 0xf8000000, 3, 0xbc, 0xf0, true]
  )
})

t.test('load takes text, names, readers and environments', async t => {
  t.strictSame(
    lua.values(
      'return load("return ...")(5), load("x = 1", "n", "t", setmetatable({}, { __newindex = function(_, k, v) y = k .. v end }))(), y'
    ),
    [5, undefined, 'x1'].slice(0, 2).concat(['x1'])
  )
  t.strictSame(
    lua.values(
      'local i = 0 local f = load(function() i = i + 1 return ({ "return ", "4", "2" })[i] end) return f(), load("return 1", "@my file.lua"), (select(2, load("error(\'e\')", "=named")))'
    ),
    [42, 'function', undefined]
  )
  t.strictSame(
    lua.values(
      'return select(2, pcall(load("error(\'e\')", "=named"))), select(2, pcall(load("error(\'e\')", "@file.lua"))), select(2, pcall(load("error(\'e\')")))'
    ),
    ['named:1: e', 'file.lua:1: e', '[string "error(\'e\')"]:1: e']
  )
})

t.test('require runs a module once in each run and names what is missing', async t => {
  t.strictSame(
    lua.values('return require("a").name, require("a").loads, require("a") == require("a"), loads'),
    ['a', 1, true, 1]
  )
  t.strictSame(lua.values('return loads, require("a").loads'), [undefined, 1])
  t.match(
    lua.fault('require("nope")\nfunction handler() end').message,
    "fn:1: module 'nope' not found (the server itself has a, b, broken, c)"
  )
  t.match(lua.values('return pcall(require, "b")')[1], /loop in require/)
  t.match(
    lua.values('return pcall(require, "broken")')[1],
    "error loading module 'broken': broken:1: unexpected symbol near '='"
  )
})

t.test('dates are formatted and read like strftime and mktime', async t => {
  t.strictSame(
    lua.values(
      'return os.time(), os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%a %A %b %B %d %j %p %I %y %%", 86400 * 45), os.date("!%c", 1e9), os.date("!%x %X %D %R", 1e9)'
    ),
    [
      1700000000,
      '1970-01-01 00:00:00',
      'Sun Sunday Feb February 15 046 AM 12 70 %',
      'Sun Sep  9 01:46:40 2001',
      '09/09/01 01:46:40 09/09/01 01:46'
    ]
  )
  t.strictSame(
    lua.values(
      'local d = os.date("!*t", 951782400) return d.year, d.month, d.day, d.hour, d.wday, d.yday, d.isdst, os.difftime(5, 3), type(os.clock())'
    ),
    [2000, 2, 29, 0, 3, 60, false, 2, 'number']
  )
  t.strictSame(
    lua.values(
      'return os.time(os.date("*t", 1e9)), os.date("!%G-W%V-%u", 1e9), os.date("!%U %W", 1e9)'
    ),
    [1000000000, '2001-W36-7', '36 36']
  )
  t.match(
    lua.fault('function handler() os.time({ year = 2000 }) end').message,
    "field 'day' missing in date table"
  )
  t.match(
    lua.fault('function handler() os.date("%Q") end').message,
    "invalid conversion specifier '%Q'"
  )
})

t.test('the rest of Lua 5.3 is there: goto, integer division, closures per iteration', async t => {
  t.strictSame(
    lua.values(
      'for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end x = (x or 0) + i * j ::continue:: end end return x, 7 // 2, 2^10, 5 % 3'
    ),
    [24, 3, 1024, 2]
  )
  t.strictSame(
    lua.values(
      'local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end return fs[1](), fs[1](), fs[2](), fs[3]()'
    ),
    [2, 3, 3, 4]
  )
  t.strictSame(
    lua.values(
      'local function f(...) local a, b = ... return select("#", ...), a, b, ... end return f(nil, 2, nil)'
    ),
    [3, undefined, 2, undefined, 2, undefined]
  )
  t.strictSame(
    lua.values(
      'local n = 0 while true do n = n + 1 if n > 5 then break end end repeat local done = n > 8 n = n + 1 until done return n'
    ),
    [10]
  )
})
