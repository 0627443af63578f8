import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()

t.test('values pass both ways between resume and yield', async t => {
  t.strictSame(
    lua.values(`
    local log = {}
    local co = coroutine.create(function(a, b)
      log[#log + 1] = a + b
      local c = coroutine.yield("first")
      log[#log + 1] = c
      local d, e = coroutine.yield("second", 2)
      log[#log + 1] = d + e
      return "done", 3
    end)
    local r = { coroutine.resume(co, 1, 2) }
    local s = { coroutine.resume(co, "x") }
    local u = { coroutine.resume(co, 3, 4) }
    return table.concat(log, ","), r[2], s[2], s[3], u[2], u[3], coroutine.status(co), coroutine.resume(co)`),
    ['3,x,7', 'first', 'second', 2, 'done', 3, 'dead', false, 'cannot resume dead coroutine']
  )
})

t.test('yield works through pcall, iterators, tail calls and deep calls', async t => {
  t.strictSame(
    lua.values(`
    local co = coroutine.wrap(function()
      local ok, v = pcall(function() local x = coroutine.yield(1) if x == "fail" then error("E", 0) end return x end)
      coroutine.yield(tostring(ok) .. v)
      for x in coroutine.wrap(function() coroutine.yield("in") end) do coroutine.yield(x) end
      for x in function() return coroutine.yield("iterating") end do coroutine.yield(x) end
      local function deep(n) if n == 0 then return coroutine.yield("deep") end return (deep(n - 1)) end
      coroutine.yield(deep(100))
      return coroutine.yield("tail")
    end)
    return co(), co("fail"), co(), co(), co("again"), co(), co(nil), co("back"), co(), co("end")`),
    [1, 'falseE', 'in', 'iterating', 'again', 'iterating', 'deep', 'back', 'tail', 'end']
  )
})

t.test('yield works through metamethods of every operator', async t => {
  t.strictSame(
    lua.values(`
    local y = coroutine.yield
    local mt = {
      __index = function(_, k) return y("index " .. k) end, __newindex = function(t, k, v) rawset(t, k, y("newindex") .. v) end,
      __add = function() return y("add") end, __unm = function() return y("unm") end, __len = function() return y("len") end,
      __concat = function(a, b) return y("concat " .. (type(a) == "table" and "T" or a) .. (type(b) == "table" and "T" or b)) end,
      __eq = function() return y("eq") end, __lt = function() return y("lt") end, __call = function(_, a) return y("call " .. a) end,
      __band = function() return y("band") end }
    local out = {}
    local co = coroutine.wrap(function()
      local t, u = setmetatable({}, mt), setmetatable({}, mt)
      out[#out + 1] = t.field + 0
      t.x = "v" out[#out + 1] = rawget(t, "x")
      out[#out + 1] = t + 1 out[#out + 1] = -t out[#out + 1] = #t
      out[#out + 1] = "a" .. "b" .. t .. "c" .. u
      out[#out + 1] = tostring(t == u) if t < u then out[#out + 1] = "less" end if not (t <= u) then out[#out + 1] = "not le" end
      out[#out + 1] = t(7) out[#out + 1] = t & 1 out[#out + 1] = t:method()
      return "end"
    end)
    local asked = {}
    local answers = { 1, "w", 2, 3, 4, "C", "D", true, true, true, 5, 6, function() return "m" end }
    local v = co()
    for i = 1, #answers do asked[#asked + 1] = v v = co(answers[i]) end
    return table.concat(out, " "), table.concat(asked, ","), v`),
    [
      '1 wv 2 3 4 abD true less not le 5 6 m',
      'index field,newindex,add,unm,len,concat cT,concat TC,eq,lt,lt,call 7,band,index method',
      'end'
    ]
  )
})

t.test('metamethods may call each other to any depth', async t => {
  t.strictSame(
    lua.values(
      'local t = setmetatable({}, { __index = function(t, n) if n == 0 then return "deep" end return t[n - 1] end }) return t[50000]'
    ),
    ['deep']
  )
})

t.test('an error in a coroutine ends it and reaches whoever resumed it', async t => {
  t.strictSame(
    lua.values(
      'local co = coroutine.create(function() error({ 7 }) end) local ok, e = coroutine.resume(co) return ok, e[1], coroutine.status(co)'
    ),
    [false, 7, 'dead']
  )
  t.strictSame(
    lua.values('local w = coroutine.wrap(function() error("here") end) return pcall(w)'),
    [false, 'fn:2: here']
  )
})

t.test('status, running and isyieldable tell where one is', async t => {
  t.strictSame(
    lua.values(`
    local main, isMain = coroutine.running()
    local outer
    outer = coroutine.create(function()
      local inner = coroutine.create(function() return coroutine.status(outer), coroutine.isyieldable() end)
      local _, status, yieldable = coroutine.resume(inner)
      return status, yieldable, coroutine.status(outer), select(2, coroutine.running())
    end)
    local _, a, b, c, d = coroutine.resume(outer)
    return type(main), isMain, coroutine.isyieldable(), a, b, c, d`),
    ['thread', true, false, 'normal', true, 'running', false]
  )
})

t.test('yielding where it cannot be is an error', async t => {
  t.match(lua.values('return pcall(coroutine.yield)')[1], 'outside a coroutine')
  t.match(
    lua.values(
      'return coroutine.resume(coroutine.create(function() table.sort({ 2, 1 }, coroutine.yield) end))'
    )[1],
    'across a C-call boundary'
  )
  t.match(
    lua.values('local co co = coroutine.wrap(function() return co() end) return pcall(co)')[1],
    'cannot resume non-suspended coroutine'
  )
})

t.test('natives can be coroutines and be wrapped', async t => {
  t.strictSame(
    lua.values(
      'return coroutine.wrap(math.max)(3, 9), coroutine.wrap(pcall)(error, "x"), coroutine.wrap(coroutine.yield)(5)'
    ),
    [9, false, 5]
  )
})

t.test('ten thousand suspended coroutines keep their places', async t => {
  t.strictSame(
    lua.values(
      'local t, sum = {}, 0 for i = 1, 10000 do t[i] = coroutine.wrap(function(a) while true do a = a + coroutine.yield(a) end end) t[i](i) end for i = 1, 10000 do sum = sum + t[i](1) end return sum'
    ),
    [50015000]
  )
})
