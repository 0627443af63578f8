-- Dictionaries by computed string keys: counting, looking up, deleting.
local counts = {}
for i = 1, 100000 do
  local key = "k" .. (i * 7919 % 2000)
  counts[key] = (counts[key] or 0) + 1
end
local distinct, most = 0, 0
for _, n in pairs(counts) do distinct = distinct + 1 if n > most then most = n end end
for i = 0, 1999, 2 do counts["k" .. i] = nil end
local left = 0
for _ in pairs(counts) do left = left + 1 end
print(distinct, most, left)
