/** Spots where the engine once answered other than PUC Lua 5.3, each as Lua 5.3.6 answers. */
import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()
const error = (code: string): unknown =>
  lua.values(`return select(2, pcall(function() ${code} end))`)[0]

t.test('whole numbers up to 2^63 are written with all their digits', async t => {
  t.strictSame(
    lua.values(
      'return tostring(2^62), 2^63 .. "", -2^63 .. "", tostring(2^53 + 2), tostring(2^64), table.concat({ 2^62 })'
    ),
    [
      '4611686018427387904',
      '9223372036854775808',
      '-9223372036854775808',
      '9007199254740994',
      '1.844674407371e+19',
      '4611686018427387904'
    ]
  )
  t.strictSame(
    lua.values(
      'return ("%s %d %q"):format(2^62, 2^62, 2^62), (("x"):gsub("x", { x = 2^62 })), tonumber(tostring(2^62)) == 2^62'
    ),
    ['4611686018427387904 4611686018427387904 4611686018427387904', '4611686018427387904', true]
  )
})

t.test('ranges that end at 2^53 end', async t => {
  t.strictSame(
    lua.values(
      'return select("#", table.unpack({}, 2^53 - 5, 2^53)), table.concat({ [2^53] = "x" }, ",", 2^53, 2^53)'
    ),
    [6, 'x']
  )
  t.match(
    error('table.move({}, 1, 2^53, 2)'),
    "bad argument #4 to 'move' (destination wrap around)"
  )
  t.match(
    error('table.move({}, 0, 2^53, 1)'),
    "bad argument #3 to 'move' (too many elements to move)"
  )
  t.match(error('table.move({}, -2^53, 2^53, 1)'), 'too many elements to move')
})

t.test('lists that only claim to be long end in an error', async t => {
  const claims = (length: string): string =>
    `setmetatable({}, { __len = function() return ${length} end })`
  t.match(error(`table.sort(${claims('2^53')})`), "bad argument #1 to 'sort' (array too big)")
  t.match(error(`table.sort(${claims('2^31 - 2')})`), 'not enough memory')
  t.match(error(`table.sort(${claims('1000')})`), 'attempt to compare two nil values')
  t.match(error(`table.unpack(${claims('2^53')})`), 'too many results to unpack')
  t.match(
    error(`table.concat(${claims('2^53')})`),
    "invalid value (nil) at index 1 in table for 'concat'"
  )
  t.match(error('("x"):rep(2^20):byte(1, -1)'), 'string slice too long')
})

t.test('a pattern of megabytes is matched, or refused for want of memory', async t => {
  t.strictSame(
    lua.values('local s = ("a"):rep(3e6) return s:find(s .. "b?"), (s:find("^" .. s .. "$"))'),
    [1, 1]
  )
  t.match(lua.values('return pcall(string.find, "b", ("[ab]"):rep(3e6))')[1], 'not enough memory')
  t.match(
    lua.values('return pcall(string.format, ("%d"):rep(3e6))')[1],
    /not enough memory|no value/
  )
})

t.test(
  'long numerals, long layouts of string.pack and long chunks take little time and no more memory than there is',
  async t => {
    t.strictSame(
      lua.values(
        'return tonumber(("0"):rep(1e6) .. "x"), tonumber(("1"):rep(300000)), (pcall(function() return -(("9"):rep(1e6) .. "x") end))'
      ),
      [undefined, Infinity, false]
    )
    t.strictSame(lua.values('return pcall(string.pack, ("x"):rep(1e7))'), [
      false,
      'not enough memory'
    ])
    t.strictSame(lua.values('return load(("x=1 "):rep(1e6))'), [undefined, 'not enough memory'])
    t.strictSame(lua.values('return #load("return [[" .. ("x"):rep(4e6) .. "]]")()'), [4e6])
  }
)

t.test('a mistake in a pattern counts where a match gets to it', async t => {
  t.strictSame(
    lua.values(
      'return string.find("abc", "x["), string.find("abc", "x%"), string.gsub("p", "x(y", "")'
    ),
    [undefined, undefined, 'p', 0]
  )
  t.match(error('string.find("x", "x[")'), "malformed pattern (missing ']')")
  t.match(error('string.find("x", "x%")'), "malformed pattern (ends with '%')")
  t.match(error('string.find("x", "(x")'), 'unfinished capture')
  t.match(error('string.match("x", "x)")'), 'invalid pattern capture')
  t.match(error('string.find("x", "(%1)")'), 'invalid capture index %1')
  t.match(error('string.find(("x"):rep(40), ("(x)"):rep(33))'), 'too many captures')
  t.strictSame(lua.values('return string.gsub("xyzx", "(x", "-")'), ['-yz-', 2])
  t.strictSame(lua.values('return string.find("xx", "()%1")'), [undefined])
})

t.test('sort notices an order function that contradicts itself', async t => {
  t.match(
    error('table.sort({ 1, 2, 3, 4, 5 }, function() return true end)'),
    'invalid order function for sorting'
  )
  t.strictSame(
    lua.values('local t = { 3, 1, 2 } table.sort(t, function(a, b) return a <= b end) return t'),
    [[1, 2, 3]]
  )
  t.strictSame(lua.values('table.sort({}, 42) table.sort({ 1 }, 42) return 1'), [1])
  t.match(
    error('table.sort({ 2, 1 }, 42)'),
    "bad argument #2 to 'sort' (function expected, got number)"
  )
  // What an order function does to the list while it is sorted harms nobody.
  t.strictSame(
    lua.values(
      'local t = { 3, 1, 2, 5, 4 } table.sort(t, function(a, b) t[#t] = nil return a < b end) return t'
    ),
    [[1, 2, 3, 4, 5]]
  )
})

t.test('a sort that fails leaves the list as far as it came', async t => {
  t.strictSame(
    lua.values(
      'local t = { 5, 4, 3, 2, 1 } pcall(table.sort, t, function() return true end) table.sort(t) return t'
    ),
    [[1, 2, 3, 4, 5]]
  )
  t.strictSame(
    lua.values(
      'local t = { 3, 1, 2 } pcall(table.sort, t, function(a, b) if a == 2 or b == 2 then error("x") end return a < b end) return #t'
    ),
    [3]
  )
})

t.test('%s with a width refuses a text with zeros in it, which C could not pad', async t => {
  t.match(error('return ("%5s"):format("a\\0b")'), '(string contains zeros)')
  t.strictSame(lua.values('return ("%s"):format("a\\0b")'), ['a\0b'])
  t.match(error('return ("%q"):format({})'), /value has no literal form\)$/)
})

t.test('string.byte takes positions from the end, and none where there is none', async t => {
  t.strictSame(
    lua.values(
      'return select("#", string.byte("hi", -3)), select("#", string.byte("hi", 0)), string.byte("hi", -1), select("#", string.byte("hi", 3))'
    ),
    [0, 0, 105, 0]
  )
  t.strictSame(lua.values('return string.byte("hi", -3, -1)'), [104, 105])
})

t.test('load reports what its reader raises or gives', async t => {
  t.strictSame(lua.values('return load(function() error("stop", 0) end)'), [undefined, 'stop'])
  t.strictSame(lua.values('return load(function() return {} end)'), [
    undefined,
    'reader function must return a string'
  ])
  t.strictSame(
    lua.values('local e = {} local _, f = load(function() error(e) end) return f == e'),
    [true]
  )
  t.strictSame(
    lua.values(
      'local n = 0 local f = load(function() n = n + 1 return ({ "return ", 4, 2 })[n] end) return f(), (pcall(load, function() error("x") end))'
    ),
    [42, true]
  )
  t.strictSame(
    lua.values(
      'local co = coroutine.wrap(function() local a = load(function() local b error("x") end) return coroutine.yield(a) end) return co(), co(7)'
    ),
    [undefined, 7]
  )
})

t.test('operators of one operand give it to their metamethod twice', async t => {
  t.strictSame(
    lua.values(
      'local m = setmetatable({}, { __len = function(...) return select("#", ...) end, __unm = function(...) return select("#", ...) end }) return #m, -m'
    ),
    [2, 2]
  )
})

t.test('%g with many digits shows those of the double', async t => {
  t.strictSame(
    lua.values(
      'return ("%.17g %.16g %.15g %.14g"):format(0.1, 0.1, 0.1, 0.1), ("%.20g"):format(0.5)'
    ),
    ['0.10000000000000001 0.1 0.1 0.1', '0.5']
  )
  t.strictSame(lua.values('return ("%.17g"):format(123456.789), ("%.17g"):format(1 / 3)'), [
    '123456.789',
    '0.33333333333333331'
  ])
})

t.test('collectgarbage counts what the run asked for, and knows its options', async t => {
  t.strictSame(
    lua.values(
      'local a = collectgarbage("count") local t = {} for i = 1, 10000 do t[i] = { i } end return collectgarbage("count") > a + 100, collectgarbage(), collectgarbage("isrunning")'
    ),
    [true, 0, true]
  )
  t.match(error('collectgarbage("x")'), "bad argument #1 to 'collectgarbage' (invalid option 'x')")
  t.match(
    error('collectgarbage({})'),
    "bad argument #1 to 'collectgarbage' (string expected, got table)"
  )
})

t.test('os.time puts the fields of the date it found back', async t => {
  t.strictSame(
    lua.values(
      'local d = { year = 2020, month = 14, day = -3, hour = 25, min = 70, sec = -5 } os.time(d) return d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst'
    ),
    [2021, 1, 29, 2, 9, 55, 6, 29, false]
  )
  t.match(error('os.time({ sec = "x" })'), "field 'sec' is not an integer")
  t.match(error('os.time({})'), "field 'day' missing in date table")
  t.match(error('os.time({ day = 1 })'), "field 'month' missing in date table")
  t.match(error('os.time({ day = 1, month = 1, year = 2^40 })'), "field 'year' is out-of-bound")
  t.strictSame(
    lua.values(
      'return os.time(setmetatable({}, { __index = { year = 1970, month = 1, day = 2, hour = 0 } }))'
    ),
    [86400]
  )
})

t.test('messages show no variable of the engine', async t => {
  t.strictSame(lua.values('return pcall("x")'), [false, 'attempt to call a string value'])
  t.strictSame(lua.values('return pcall(pcall, nil)'), [true, false, 'attempt to call a nil value'])
})

t.test('an error that comes through coroutine.wrap says where that was called, too', async t => {
  t.strictSame(
    lua.values(
      'return pcall(function()\nlocal w = coroutine.wrap(function() error("a") end)\nw() end)'
    ),
    [false, 'fn:4: fn:3: a']
  )
  t.strictSame(
    lua.values(
      'local e = {} local ok, f = pcall(function() coroutine.wrap(function() error(e) end)() end) return f == e'
    ),
    [true]
  )
})

t.test(
  'table.remove takes nil for the last place, and tonumber a sign before digits of a base',
  async t => {
    t.strictSame(
      lua.values(
        'return table.remove({ 1, 2 }, nil), tonumber("+10", 10), tonumber("-ff", 16), tonumber(" 11 ", 2), tonumber("1 1", 10)'
      ),
      [2, 10, -255, 3, undefined]
    )
  }
)

t.test('print writes what the global tostring makes of a value', async t => {
  const { values, printed } = testEngine()
  t.strictSame(
    values(
      'tostring = function(value) return "<" .. type(value) .. ">" end print(1, nil, {}) tostring = function() return 5 end print("x") tostring = function() return {} end local _, first = pcall(print, 1) tostring = nil local _, second = pcall(print, 1) return first, second'
    ),
    ["'tostring' must return a string to 'print'", 'attempt to call a nil value']
  )
  t.strictSame(printed, ['<number>\t<nil>\t<table>', '5'])
  t.strictSame(values('print(1, nil, "x")'), [])
  t.equal(printed[2], '1\tnil\tx')
})

t.test('a size in a layout ends before it would be too large', async t => {
  t.match(error('string.packsize("c1" .. ("0"):rep(10))'), "invalid format option '0'")
  t.match(error('string.pack("i4294967297", 1)'), 'integral size (429496729) out of limits [1,16]')
  t.strictSame(
    lua.values('return string.packsize("c000002147483639"), string.packsize("c0")'),
    [2147483639, 0]
  )
})
