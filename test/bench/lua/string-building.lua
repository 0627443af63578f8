-- Strings put together piece by piece, and by table.concat.
local s = ""
for i = 1, 20000 do s = s .. (i % 10) end
local parts = {}
for i = 1, 50000 do parts[#parts + 1] = "item " .. i .. "; " end
local all = table.concat(parts)
local upper = all:sub(1, 2000):upper()
local n = 0
for i = 1, #s do if s:byte(i) == 53 then n = n + 1 end end
print(#s, #all, upper:sub(-20), n, ("ab"):rep(1000):len(), ("abc"):reverse())
