-- Variable arguments: passed on, counted, packed and unpacked.
local function sum(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...)) end
  return s
end
local function pass(...) return ... end
local function collect(...) local t = { ... } return #t, t[1] end
local unpack = table.unpack or unpack
local total = 0
for i = 1, 15000 do
  total = total + sum(i, 2, 3, 4, 5)
  local a, b, c = pass(i, i + 1, i + 2)
  local n, first = collect(a, b, c, pass(7, 8))
  total = total + n + first + sum(unpack({ a, b, c }))
end
print(total)
