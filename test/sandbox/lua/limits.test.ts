import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine({ memoryLimit: 32 * 1024 * 1024 })

/** Each must end in a Lua error that pcall catches, and leave the engine as good as new. */
const recursions: Record<string, string> = {
  'Lua functions': 'local function f() return 1 + f() end f()',
  'gsub callbacks': 'local function f() return (("a"):gsub("a", f)) end f()',
  'sort comparators': 'local function f() table.sort({ 1, 2, 3 }, f) end f()',
  '__index functions':
    'local t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x',
  '__newindex functions':
    'local t = setmetatable({}, { __newindex = function(t, k, v) t[k] = v end }) t.x = 1',
  '__add functions':
    'local t t = setmetatable({}, { __add = function(a, b) return a + b end }) return t + t',
  '__eq functions':
    'local mt = {} mt.__eq = function(a, b) return a == b end return setmetatable({}, mt) == setmetatable({}, mt)',
  '__lt functions':
    'local t t = setmetatable({}, { __lt = function(a, b) return a < b end }) return t < t',
  '__concat functions':
    'local t t = setmetatable({}, { __concat = function(a, b) return a .. b end }) return t .. t',
  '__len functions':
    'local t t = setmetatable({}, { __len = function(t) return #t end }) return #t',
  '__call functions':
    'local t t = setmetatable({}, { __call = function(t) return 1 + t() end }) return t()',
  '__tostring functions':
    'local t t = setmetatable({}, { __tostring = function() return tostring(t) end }) return tostring(t)',
  'coroutines in coroutines': 'local function f() return coroutine.wrap(f)() end return f()',
  'resumed coroutines':
    'local function f() local ok, e = coroutine.resume(coroutine.create(f)) error(e, 0) end f()',
  'load readers': 'local function f() return assert(load(f)) end return f()',
  'an iterator': 'local function f() for _ in f do end end f()'
}

for (const [what, code] of Object.entries(recursions)) {
  t.test(`endless recursion of ${what} is a stack overflow that can be caught`, async t => {
    const [ok, message] = lua.values(
      `local ok, e = pcall(function() ${code} end) return ok, tostring(e)`
    )
    t.equal(ok, false)
    t.match(message, /stack overflow/)
    t.match(
      lua.fault(`function handler() do ${code} end return {} end`).message,
      /stack overflow/,
      'uncaught'
    )
    t.strictSame(
      lua.values('return 1 + 1, ("a"):gsub("a", function() return "b" end)'),
      [2, 'b', 1],
      'the engine goes on'
    )
  })
}

t.test('loops along __index and __call are found', async t => {
  t.match(
    lua.values(
      'local t = {} setmetatable(t, { __index = t }) return pcall(function() return t.x end)'
    )[1],
    /'__index' chain too long/
  )
  t.match(
    lua.values('local t = setmetatable({}, {}) getmetatable(t).__call = t return pcall(t)')[1],
    /'__call' chain too long/
  )
})

t.test('source nested too deeply is a syntax error', async t => {
  for (const code of [
    '"return " .. ("("):rep(10000)',
    '("do "):rep(10000)',
    '"return " .. ("{"):rep(10000)',
    '"x = " .. ("- "):rep(10000) .. "1"',
    '"return " .. ("function() return "):rep(5000)',
    '"return " .. ("a.."):rep(5000) .. "a"',
    '("if x then "):rep(5000)'
  ]) {
    const [f, message] = lua.values(`return load(${code})`)
    t.equal(f, undefined, code)
    t.match(message, /too many C levels|overflow/, code)
  }
})

t.test('a pattern that nests too deeply is refused, a long one is matched', async t => {
  t.match(
    lua.values('return pcall(string.find, ("a"):rep(300000), ("a?"):rep(300000))')[1],
    /pattern too complex/
  )
  t.strictSame(lua.values('return #(("a"):rep(1000000)):match(".-b?$")'), [1000000])
})

/** Each must raise "not enough memory" before the process is in danger. */
const hogs: Record<string, string> = {
  'string.rep': 'return ("x"):rep(1e10)',
  'string.rep of a large string': 'local s = ("x"):rep(1e6) return s:rep(1e6)',
  concatenation: 'local s = "x" while true do s = s .. s end',
  'a list': 'local t = {} while true do t[#t + 1] = #t end',
  'a list of tables': 'local t = {} while true do t[#t + 1] = {} end',
  'a dictionary': 'local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end',
  records: 'local t = {} while true do t[#t + 1] = { a = 1, b = 2, c = 3 } end',
  'strings in a list': 'local t, i = {}, 0 while true do i = i + 1 t[i] = ("x"):rep(1000) .. i end',
  'formatted strings': 'local t, i = {}, 0 while true do i = i + 1 t[i] = ("%099d"):format(i) end',
  closures: 'local t while true do local o = t t = function() return o end end',
  coroutines: 'local t = {} while true do t[#t + 1] = coroutine.create(print) end',
  gsub: 'return #(("x"):rep(1e6):gsub("x", ("y"):rep(1000)))',
  'table.concat':
    'local t, s = {}, ("x"):rep(1e5) for i = 1, 1000 do t[i] = s end return #table.concat(t)',
  'a linked list': 'local t while true do t = { t } end'
}

for (const [what, code] of Object.entries(hogs)) {
  t.test(`memory taken by ${what} ends in an error that can be caught`, async t => {
    t.strictSame(lua.values(`return pcall(function() ${code} end)`), [false, 'not enough memory'])
    t.match(lua.fault(`function handler() ${code} end`), {
      kind: 'memory',
      message: 'not enough memory'
    })
  })
}

t.test('much garbage is no reason to refuse memory', async t => {
  t.strictSame(
    lua.values(
      'local n = 0 for i = 1, 300 do local s = ("x"):rep(1e6) .. i n = n + #s end for i = 1, 300000 do local t = { i, i } n = n + #t end return n > 3e8'
    ),
    [true]
  )
})

t.test('more values than fit are refused, many are passed on', async t => {
  t.match(lua.values('return pcall(table.unpack, {}, 1, 1e8)')[1], /too many results/)
  t.strictSame(
    lua.values(
      'return select("#", table.unpack({}, 1, 20000)), #string.char(table.unpack((function() local t = {} for i = 1, 5000 do t[i] = 65 end return t end)()))'
    ),
    [20000, 5000]
  )
})
