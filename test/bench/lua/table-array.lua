-- Lists: appended to, read, written, inserted into and removed from.
local t = {}
for i = 1, 200000 do t[i] = i end
local sum = 0
for i = 1, #t do sum = sum + t[i] end
for i = 1, #t do t[i] = t[i] * 2 end
for i = 1, #t // 2 do t[i], t[#t - i + 1] = t[#t - i + 1], t[i] end
local q = {}
for i = 1, 3000 do table.insert(q, 1, i) end
while #q > 0 do sum = sum + table.remove(q, 1) end
for i = 1, 30000 do table.insert(q, i) end
while #q > 0 do sum = sum + table.remove(q) end
print(sum, t[1], t[200000])
