-- Records: made by constructors, fields read and written.
local points = {}
for i = 1, 30000 do points[i] = { x = i, y = i * 2, z = i % 3, name = "p" } end
local sum = 0
for _ = 1, 4 do
  for i = 1, #points do
    local p = points[i]
    p.x = p.x + p.z
    p.y = p.y - p.x % 5
    sum = sum + p.x * p.y
  end
end
local config = { server = { limits = { body = 10, time = 5 } } }
for _ = 1, 100000 do sum = sum + config.server.limits.body end
print(sum)
