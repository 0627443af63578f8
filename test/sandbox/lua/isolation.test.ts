import t from 'tap'
import { testEngine, toPlain } from './load.js'
import type { ToLua } from '../../../sandbox/lua/api.js'

/** A library as the product has them, and an engine with everything a run could reach. */
const lua = testEngine({
  libraries: [{ name: 'lib', functions: { echo: (...args) => args[0] } }],
  sources: { counter: 'local n = 0 return { next = function() n = n + 1 return n end }' }
})

/** Reports everything that a run can see: every global, every field of every table it can reach, by name. */
const INVENTORY = `
local seen, lines = {}, {}
local function visit(name, value)
  if type(value) ~= "table" then lines[#lines + 1] = name .. "=" .. type(value) .. (type(value) ~= "function" and ":" .. tostring(value) or "") return end
  if seen[value] then lines[#lines + 1] = name .. "=seen" return end
  seen[value] = true
  local mt = getmetatable(value)
  if mt then visit(name .. "<mt>", mt) end
  local keys = {}
  for k in next, value do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, k in ipairs(keys) do visit(name .. "." .. tostring(k), value[k]) end
end
visit("_G", _G)
visit("string<mt>", getmetatable(""))
return table.concat(lines, "\\n")
`

const before = lua.values(INVENTORY)[0]

/** Attempts to leave something behind, each a chunk of its own. */
const attempts: Record<string, string> = {
  'a global': 'leftover = 1',
  'a global function over a built-in': 'print = nil; type = function() return "x" end; pairs = 5',
  'a changed library table':
    'string.upper = nil; math.pi = 3; table.extra = 1; lib.echo = nil; lib.more = {}; os.time = nil; utf8.char = 1; coroutine.wrap = nil; bit32.band = nil',
  'a replaced library table':
    'string = {}; lib = nil; math = setmetatable({}, { __index = function() return 7 end })',
  'a metatable on a library table':
    'setmetatable(string, { __index = function() return 1 end, __newindex = function() end }); setmetatable(lib, { __call = print })',
  'only a metatable on a library table': 'setmetatable(lib, { __index = function() return 1 end })',
  'only a metatable on the string metatable':
    'setmetatable(getmetatable(""), { __index = function() return 1 end })',
  "only a metatable on the string metatable's index":
    'setmetatable(getmetatable("").__index, { __call = print })',
  'only a field of a library table': 'math.huge = 1',
  'only a field through rawset': 'rawset(math, "extra", 1)',
  'only a field through a metamethod': 'setmetatable({}, { __newindex = os })["extra"] = 1',
  'only a field of the string metatable': 'getmetatable("").__unm = print',
  'only an item of a library table': 'lib[1] = 1',
  'only an item through rawset': 'rawset(utf8, 1, 1)',
  'only an item far behind': 'bit32[100] = 1',
  'only items through table.insert': 'table.insert(coroutine, 1)',
  'only items through table.move': 'table.move({ 1, 2 }, 1, 2, 1, table)',
  'only an item of the string metatable': 'getmetatable("")[1] = 1',
  "_G's metatable":
    'setmetatable(_G, { __index = function(_, k) return k end, __newindex = function() end, __metatable = "locked" })',
  'the string metatable':
    'local mt = getmetatable(""); mt.__index = function() return 1 end; mt.__add = function() return 2 end; mt.__metatable = "locked"; mt.__len = function() return 5 end',
  "the string metatable's index emptied":
    'for k in pairs(getmetatable("").__index) do getmetatable("").__index[k] = nil end',
  'an upvalue of the chunk': 'local n = 0; function bump() n = n + 1 return n end; bump()',
  'a coroutine left suspended':
    'co = coroutine.wrap(function() while true do coroutine.yield(1) end end); co()',
  'a coroutine left running an error':
    'local c = coroutine.create(function() error({}) end); coroutine.resume(c)',
  'a random seed': 'math.randomseed(42)',
  'an error value':
    'error(setmetatable({}, { __tostring = function() string.upper = nil return "x" end }))',
  'a full stack': 'local function f() return 1 + f() end f()',
  'used-up memory': 'local t = {} while true do t[#t + 1] = ("x"):rep(10000) .. #t end',
  'a loaded module':
    'require("counter").next(); require("counter").next(); require("counter").more = 1',
  'an environment by setfenv':
    'setfenv(1, setmetatable({}, { __index = _G })); string.lower = nil; x = 1',
  'a changed environment of a loaded chunk':
    'load("leftover = 1; string.rep = nil")(); load("x = 1", "x", "t", _G)()',
  'a global through rawset': 'rawset(_G, "leftover", 1); rawset(string, "sub", nil)',
  'a garbage collector':
    'setmetatable({}, { __gc = function() leftover = 1 end, __mode = "k" }); collectgarbage()',
  'a changed _ENV': 'local old = _ENV; _ENV = { old = old }; old.string.len = nil',
  'an error in the middle of pcall':
    'pcall(pcall, error); xpcall(error, function() string.byte = nil error("again") end)',
  'a broken _G': '_G._G = nil; for k in pairs(_G) do _G[k] = nil end'
}

t.equal(typeof before, 'string')

for (const [what, code] of Object.entries(attempts)) {
  t.test(`nothing passes to the next run: ${what}`, async t => {
    const attempt = (): void => {
      try {
        lua.run(`${code}\nfunction handler(ctx, event) return {} end`)
      } catch {}
      try {
        lua.run(`function handler(ctx, event)\n${code}\nreturn {} end`)
      } catch {}
    }
    attempt()
    t.equal(lua.values(INVENTORY)[0], before)
    t.strictSame(
      lua.values(
        'return ("a"):upper(), #"abc", math.pi > 3.1, lib.echo(7), (pcall(function() return "x" + 1 end)), require("counter").next()'
      ),
      ['A', 3, true, 7, false, 1]
    )
  })
}

t.test('a program keeps nothing of its own runs either', async t => {
  const program = lua.engine.prepare(
    `
    local calls = 0
    count = (count or 0) + 1
    local cache = setmetatable({}, { __mode = "k" })
    function handler(ctx, event)
      calls = calls + 1
      cache[print] = (cache[print] or 0) + 1
      event.touched = true
      ctx.n = (ctx.n or 0) + 1
      return { calls = calls, count = count, cached = cache[print], n = ctx.n, touched = event.touched }
    end`,
    'fn'
  )
  const ctx: ToLua = {}
  const event: ToLua = { list: [1, 2] }
  for (let i = 0; i < 3; i++) {
    t.strictSame(toPlain(lua.engine.run(program, ctx, event)), {
      calls: 1,
      count: 1,
      cached: 1,
      n: 1,
      touched: true
    })
  }
  t.strictSame([ctx, event], [{}, { list: [1, 2] }], 'what was handed in is as it was')
})

t.test('random numbers come from the one source, anew in every run', async t => {
  const first = lua.values('return math.random(), math.random(1000)')
  lua.values('math.randomseed(7) return math.random()')
  t.strictSame(lua.values('return math.random(), math.random(1000)'), first)
  let seed = 0.1
  const other = testEngine({ random: () => (seed += 0.1) })
  t.notSame(other.values('return math.random()'), other.values('return math.random()'))
})

t.test('addresses do not tell how much earlier runs made', async t => {
  const first = lua.values('return tostring({}), tostring(print)')
  lua.values('for i = 1, 100 do tostring({}) end')
  t.strictSame(lua.values('return tostring({}), tostring(print)'), first)
})

t.test('what could reach outside or look inside is not there', async t => {
  t.strictSame(
    lua.values(
      'return io, package, debug, dofile, loadfile, string.dump, os.execute, os.getenv, os.exit, os.remove, os.tmpname, os.setlocale'
    ),
    new Array(12).fill(undefined)
  )
  t.match(lua.values('return load("\\27Lua")')[1], 'binary')
  t.strictSame(lua.values('return load("return 1", "x", "b")')[0], undefined)
  t.match(
    testEngine().values('return pcall(require, "io")')[1],
    "module 'io' not found",
    'require finds modules alone'
  )
})
