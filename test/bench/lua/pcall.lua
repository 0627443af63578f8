-- Protected calls that succeed and that fail.
local sum = 0
local function ok(x) return x + 1 end
local function fails(x) if x % 2 == 0 then error({ code = x }) end error("odd " .. x) end
for i = 1, 60000 do local _, v = pcall(ok, i) sum = sum + v end
for i = 1, 6000 do
  local _, e = pcall(fails, i)
  sum = sum + (type(e) == "table" and e.code or #e:match("odd.*"))
end
for i = 1, 1500 do
  local _, m = xpcall(function() local t = nil return t.x end, function(m) return #m > 0 and i end)
  sum = sum + m
end
print(sum)
