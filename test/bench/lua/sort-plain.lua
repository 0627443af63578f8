-- table.sort of numbers and strings without a comparator.
local seed = 42
local function random() seed = seed * 16807 % 2147483647 return seed end
local sum = 0
for _ = 1, 3 do
  local t = {}
  for i = 1, 20000 do t[i] = random() end
  table.sort(t)
  sum = sum + t[1] + t[10000] + t[20000]
  local s = {}
  for i = 1, 5000 do s[i] = "key" .. random() % 100000 end
  table.sort(s)
  sum = sum + #s[1] + #s[5000]
end
print(sum)
