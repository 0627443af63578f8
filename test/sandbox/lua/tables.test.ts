import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()

t.test(
  'any sequence of writes leaves a table as a plain map would be, and its length at a border',
  async t => {
    const key = fc.oneof(
      fc.integer({ min: -2, max: 40 }),
      fc.constantFrom('a', 'b', '1', '__index', ''),
      fc.constantFrom(0.5, 1e300)
    )
    const write = fc.tuple(
      key,
      fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
        { weight: 1, arbitrary: fc.constant(null) }
      )
    )
    const literal = (value: string | number | null): string =>
      value === null ? 'nil' : typeof value === 'string' ? JSON.stringify(value) : String(value)
    fc.assert(
      fc.property(fc.array(write, { maxLength: 120 }), fc.boolean(), (writes, byName) => {
        const model = new Map<string | number, number>()
        for (const [k, v] of writes) {
          if (v === null) model.delete(k)
          else model.set(k, v)
        }
        const code = writes
          .map(([k, v]) =>
            byName && typeof k === 'string' && /^\w*[a-z_]\w*$/.test(k)
              ? `t.${k} = ${literal(v)}`
              : `t[${literal(k)}] = ${literal(v)}`
          )
          .join('\n')
        const [text, length] = lua.values(
          `local t = {}\n${code}\nlocal out = {} for k, v in pairs(t) do out[#out + 1] = type(k) .. ":" .. k .. "=" .. v .. (rawget(t, k) == v and "" or "!") end return table.concat(out, "\\n"), #t`
        ) as [string, number]
        const expected = [...model]
          .map(([k, v]) => `${typeof k}:${k === 1e300 ? '1e+300' : k}=${v}`)
          .sort()
        const found = text === '' ? [] : text.split('\n').sort()
        return (
          JSON.stringify(found) === JSON.stringify(expected) &&
          (length === 0 ? !model.has(1) || model.has(1) === false : model.has(length)) &&
          !model.has(length + 1)
        )
      }),
      { numRuns: 300 }
    )
    t.pass()
  }
)

t.test('a traversal may clear the fields it meets', async t => {
  t.strictSame(
    lua.values(
      'local t = { 1, 2, 3, nil, 5, a = 1, b = 2, [0.5] = 3 } local n = 0 for k in pairs(t) do t[k] = nil n = n + 1 end return n, next(t), #t'
    ),
    [7, undefined, 0]
  )
  t.strictSame(
    lua.values(
      'local t = {} for i = 1, 100 do t[i] = i end for i = 1, 100 do t["k" .. i] = i end local n = 0 for k in next, t do t[k] = nil n = n + 1 end return n, next(t)'
    ),
    [200, undefined]
  )
})

t.test('a number found under zero or minus zero is what was put there', async t => {
  t.strictSame(
    lua.values('local t = {} t[0] = 5 local z = 0 return t[0], t[-z], t[z], rawget(t, 0)'),
    [5, 5, 5, 5]
  )
  t.strictSame(lua.values('local t, z = { [0] = "a", "b" }, 0 return t[z], t[-z], t[z + 1]'), [
    'a',
    'a',
    'b'
  ])
  t.strictSame(lua.values('local t, z = {}, 0 t[-z] = 1 return 1 / next(t)'), [Infinity])
})

t.test(
  'clearing a table while pairs walks it leaves nothing, whichever part its keys were in before',
  async t => {
    t.strictSame(
      lua.values(
        'local t = {} t.x = 1 t[3] = 3 t[2] = 2 t[1] = 1 for k in pairs(t) do t[k] = nil end return next(t)'
      ),
      [undefined]
    )
    t.strictSame(
      lua.values(`local t, left = {}, 0 t.x = 1 t[2] = 2 t[2] = nil t[1] = 1 t[2] = 2
    for k in pairs(t) do t[2] = nil t[1] = nil left = left + 1 end return left, t.x`),
      [2, 1]
    )
    t.strictSame(
      lua.values(
        'local t = { 1, 2, 3, 4, x = 1 } local n = 0 for k in pairs(t) do table.remove(t) n = n + 1 end return n, #t, t.x'
      ),
      [3, 1, 1]
    )
  }
)

t.test('next refuses a key that the table never had', async t => {
  t.strictSame(lua.values('return pcall(next, { 10, 20 }, 3)'), [false, "invalid key to 'next'"])
  t.strictSame(lua.values('return pcall(next, { 10, 20 }, 1.5)'), [false, "invalid key to 'next'"])
  t.strictSame(lua.values('local t = { 10, 20, x = 1 } t[2] = nil return (next(t, 2))'), ['x'])
})

t.test('a list in a constructor takes in the keys that stand before and after it', async t => {
  const entries =
    'local n = 0 for k, v in pairs(t) do n = n + 1 if n > 9 then break end end return n, t[1], t[2], t[3]'
  t.strictSame(lua.values(`local t = { [3] = 'h', 1, 2 } t[3] = 'x' ${entries}`), [3, 1, 2, 'x'])
  t.strictSame(lua.values(`local t = { [3] = 'h', 1, 2 } t[3] = nil ${entries}`), [
    2,
    1,
    2,
    undefined
  ])
  t.strictSame(lua.values(`local t = { [1] = 'a', [2] = 'b', 'x' } ${entries}`), [
    2,
    'x',
    'b',
    undefined
  ])
  t.strictSame(lua.values(`local t = { [2] = 'b', 1, nil } ${entries}`), [
    1,
    1,
    undefined,
    undefined
  ])
  const nils = Array(50).fill('nil').join(',')
  t.strictSame(lua.values(`local t = { ${nils}, [10] = 'x', 1 } return t[10], t[51], #t`), [
    'x',
    1,
    51
  ])
})

t.test('tables whose keys come and go do not grow', async t => {
  t.strictSame(
    lua.values(
      'local t = {} for i = 1, 300000 do t["k" .. i] = i t["k" .. i - 10] = nil end local n = 0 for _ in pairs(t) do n = n + 1 end return n'
    ),
    [10]
  )
  t.strictSame(
    lua.values(
      'local t, first = {}, 1 for i = 1, 300000 do t[i] = i if i > 10 then t[first] = nil first = first + 1 end end local n = 0 for _ in pairs(t) do n = n + 1 end return n'
    ),
    [10]
  )
})

t.test('lists filled in any order end up as lists', async t => {
  t.strictSame(
    lua.values(
      'local t = {} for i = 1000, 1, -1 do t[i] = i end local s = 0 for i, v in ipairs(t) do s = s + v end return #t, s'
    ),
    [1000, 500500]
  )
  t.strictSame(
    lua.values(
      'local t = {} for i = 2, 1000 do t[i] = i end t[1] = 1 return #t, #{ 1, nil, 3 }, #{ n = 1 }, #{ nil, nil, 3 }'
    ),
    [1000, 3, 0, 3]
  )
})

t.test('insert, remove, move, concat, pack and unpack do what the manual says', async t => {
  t.strictSame(
    lua.values(
      'local t = { 1, 2, 3 } table.insert(t, 2, "x") table.insert(t, 9) return table.concat(t, ","), table.remove(t, 1), table.remove(t), table.concat(t, ",", 2, 3)'
    ),
    ['1,x,2,3,9', 1, 9, '2,3']
  )
  t.strictSame(
    lua.values(
      'local t = table.move({ 1, 2, 3 }, 2, 3, 1) local p = table.pack(1, nil, 3) return table.concat(t, ","), p.n, p[2], select("#", table.unpack(p, 1, p.n))'
    ),
    ['2,3,3', 3, undefined, 3]
  )
  t.strictSame(
    lua.values(
      'return table.remove({}), table.concat({}), #table.pack(), table.unpack({ 1, 2, 3 }, 2)'
    ),
    [undefined, '', 0, 2, 3]
  )
  t.match(
    lua.fault('function handler() table.insert({ 1, 2 }, 5, 1) end').message,
    "bad argument #2 to 'insert' (position out of bounds)"
  )
  t.match(
    lua.fault('function handler() table.concat({ 1, {} }) end').message,
    "invalid value (table) at index 2 in table for 'concat'"
  )
})

t.test(
  'sort orders, also by a comparator and with equal values, and reports what cannot be compared',
  async t => {
    t.strictSame(
      lua.values('local t = { 3, 1, 2.5, -1, 1 } table.sort(t) return table.concat(t, " ")'),
      ['-1 1 1 2.5 3']
    )
    t.strictSame(
      lua.values(
        'local t = { "b", "a", "B", "\\n" } table.sort(t, function(a, b) return a > b end) return table.concat(t, ",")'
      ),
      ['b,a,B,\n']
    )
    t.match(
      lua.fault('function handler() table.sort({ 1, "x" }) end').message,
      'attempt to compare'
    )
    t.match(
      lua.fault('function handler() table.sort({ 3, 2, 1 }, function() error("stop") end) end')
        .message,
      'fn:1: stop'
    )
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 60 }), numbers => {
        const [text] = lua.values(
          `local t = { ${numbers.join(',')} } table.sort(t, function(a, b) return a < b end) return table.concat(t, ",")`
        )
        return text === [...numbers].sort((a, b) => a - b).join(',')
      }),
      { numRuns: 100 }
    )
  }
)

t.test('metamethods are asked in the right places', async t => {
  t.strictSame(
    lua.values(`
    local log = {}
    local t = setmetatable({}, {
      __index = function(_, k) return "i" .. k end, __newindex = function(t, k, v) rawset(t, k, v .. "!") end,
      __call = function(_, a, b) return a + b end, __len = function() return 42 end, __unm = function() return "neg" end,
      __eq = function() return true end, __lt = function() return true end, __le = function() return false end,
      __concat = function(a, b) return "cat" end, __idiv = function() return "idiv" end, __band = function() return "band" end,
      __tostring = function() return "T" end, __pairs = function() return function(_, k) if not k then return 1, 2 end end, nil, nil end,
      __name = "Kind" })
    t.x = "v"
    local n = 0 for k, v in pairs(t) do n = n + k + v end
    return t.x, t.y, t(1, 2), #t, -t, t == setmetatable({}, getmetatable(t)), t < 1, t <= 1, t .. 1, 1 .. t, t // 1, 1 & t, tostring(t), n`),
    ['v!', 'iy', 3, 42, 'neg', true, true, false, 'cat', 'cat', 'idiv', 'band', 'T', 3]
  )
  t.strictSame(
    lua.values(
      'local A = {} A.__index = A function A.f() return "f" end local B = setmetatable({}, A) B.__index = B return setmetatable({}, B).f(), rawget(B, "f"), getmetatable("").__index == string'
    ),
    ['f', undefined, true]
  )
})

t.test(
  'a field read by the same instruction from tables of all kinds is always the right one',
  async t => {
    t.strictSame(
      lua.values(`
    local base = { v = "inherited" }
    local function get(t) return t.v end
    local function set(t, v) t.v = v end
    local kinds = { { v = 1 }, { a = 1, v = 2 }, {}, setmetatable({}, { __index = base }), setmetatable({}, { __index = function() return "called" end }), { v = false } }
    local out = {}
    for round = 1, 3 do for i, t in ipairs(kinds) do out[#out + 1] = tostring(get(t)) end end
    base.v = nil
    out[#out + 1] = tostring(get(kinds[4]))
    for _, t in ipairs(kinds) do set(t, 9) set(t, nil) set(t, 8) end
    kinds[1].v = nil
    for _, t in ipairs(kinds) do out[#out + 1] = tostring(get(t)) end
    return table.concat(out, " ")`),
      [
        '1 2 nil inherited called false 1 2 nil inherited called false 1 2 nil inherited called false nil nil 8 8 8 8 8'
      ]
    )
  }
)
