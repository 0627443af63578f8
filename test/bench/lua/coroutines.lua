-- Coroutines as generators, pipelines and switched by hand.
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local sum = 0
for i in range(20000) do sum = sum + i end
local function filter(source) return coroutine.wrap(function() for x in source do if x % 3 == 0 then coroutine.yield(x) end end end) end
for x in filter(range(15000)) do sum = sum + x end
local co = coroutine.create(function(a) while true do a = a + coroutine.yield(a * 2) end end)
local value = 1
for _ = 1, 10000 do local _, v = coroutine.resume(co, value) value = v % 1000 end
for i = 1, 2000 do local c = coroutine.wrap(function(x) local y = coroutine.yield(x) return y end) sum = sum + c(i) + c(i) end
print(sum, value)
