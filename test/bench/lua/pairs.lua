-- Traversal by pairs, ipairs and next.
local list, map = {}, {}
for i = 1, 1000 do list[i] = i map["k" .. i] = i end
local sum = 0
for _ = 1, 60 do
  for _, v in ipairs(list) do sum = sum + v end
  for _, v in pairs(list) do sum = sum + v end
  for _, v in pairs(map) do sum = sum + v end
  local k, v = next(map)
  while k do sum = sum + v k, v = next(map, k) end
end
print(sum)
