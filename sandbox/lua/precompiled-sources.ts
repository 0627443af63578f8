/** Lua of ours that every sandbox process needs before its first job, by the name of its chunk. */
export const sources = {
  /** Meets every operation of the machine with the values that programs mostly have; see warm-up.ts. */
  'warm-up': `
local t, s, n = { 1, 2, 3, x = 1, 1.5 }, "text", 0
local class = { __index = { get = function(self, d) return self.x + d end }, __call = function(self, a) return a end,
  __lt = function(a, b) return a.x < b.x end, __concat = function(a, b) return "c" end }
class.__add = function(a, b) return b end
local object = setmetatable({ x = 1 }, class)
local function add(a, b) return a + b end
local function tail(a) if a > 3 then return a end return tail(a + 1) end
local function many(...) local a, b = ... return a, b, select("#", ...) end
local function counter() local c = 0 return function() c = c + 1 return c end end
global = 0
for i = 1, 5 do
  local f = i * 0.5
  n = add(n, i) - f * 2 + i % 3 + i // 2 + 2 ^ 2 + f / 4 - -i + (i & 7) - (5 - i)
  n = (n - 1 + add(f, 0.25) * 1) % 1000.5
  t[i] = i t.y = f t[s .. i] = n t.x = t.x + 1 t["x"] = t[1]
  global = global + 1
  local o = { x = i, y = f, name = s }
  object.x = o.x object.z = o.y
  n = n + object:get(i) + #t + #s + s:len() + string.byte(s, 1) + math.floor(f)
  if i == 3 or f ~= 1.5 and not (s == "y") and n <= 3 then n = n + 1 end
  if s < "u" and o.name == s then n = n + 1 end
  local a, b = many(i, f, s)
  local ok, e = pcall(add, i, f)
  n = tail(1) + select(2, many(n, table.unpack({ 1, 2 })))
  local inc = counter() inc() inc()
  local v = object + o
  v = object < object v = object .. s v = object(i)
end
for k, v in pairs(t) do n = v end
for i, v in ipairs(t) do n = n + v end
for w in ("a b c"):gmatch("%a") do s = s .. w .. 1 end
while n > 10 do n = n - 100 end
repeat n = n + 1 until n > 0
local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(i) end end)
co(1) co(2) co(3)
`,
  /** See vm/trampoline.ts. */
  '=trampoline': 'return function (f, ...) return f(...) end'
}

export type SourceName = keyof typeof sources
