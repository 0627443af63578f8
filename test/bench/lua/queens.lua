-- Backtracking: the eight queens, all solutions.
local N, solutions = 8, 0
local function free(a, n, c)
  for i = 1, n - 1 do
    if a[i] == c or a[i] - i == c - n or a[i] + i == c + n then return false end
  end
  return true
end
local function place(a, n)
  if n > N then solutions = solutions + 1 return end
  for c = 1, N do
    if free(a, n, c) then a[n] = c place(a, n + 1) end
  end
end
for _ = 1, 2 do place({}, 1) end
print(solutions)
