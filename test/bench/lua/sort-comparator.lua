-- table.sort with a comparator written in Lua.
local seed = 7
local function random() seed = seed * 16807 % 2147483647 return seed end
local people = {}
for i = 1, 12000 do people[i] = { age = random() % 100, name = "n" .. random() % 1000, id = i } end
table.sort(people, function(a, b)
  if a.age ~= b.age then return a.age < b.age end
  if a.name ~= b.name then return a.name < b.name end
  return a.id < b.id
end)
local numbers = {}
for i = 1, 20000 do numbers[i] = random() end
table.sort(numbers, function(a, b) return a > b end)
print(people[1].id, people[6000].id, people[12000].id, numbers[1], numbers[20000])
