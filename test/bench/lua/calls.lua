-- Calls of global and local functions, recursion.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
print(fib(24), ackermann(2, 60))
