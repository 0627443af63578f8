-- Closures made and called; upvalues shared and written.
local function counter(step)
  local n = 0
  return function() n = n + step return n end, function() return n end
end
local total = 0
for i = 1, 20000 do
  local next, read = counter(i % 7)
  next() next() next()
  total = total + read()
end
local function compose(f, g) return function(x) return f(g(x)) end end
local inc = function(x) return x + 1 end
local f = inc
for _ = 1, 50 do f = compose(f, inc) end
for i = 1, 1500 do total = total + f(i) end
print(total)
