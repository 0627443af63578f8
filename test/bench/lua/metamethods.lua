-- Operators on tables with metatables: arithmetic, comparison, calls, defaults.
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end
V.__mul = function(a, k) return setmetatable({ x = a.x * k }, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__lt = function(a, b) return a.x < b.x end
V.__call = function(self, n) return self.x + n end
V.__len = function(self) return self.x end
local defaults = setmetatable({}, { __index = function(_, k) return k * 2 end })
local log = {}
local guarded = setmetatable({}, { __newindex = function(_, k, v) log[k] = v end })
local v, n = setmetatable({ x = 0 }, V), 0
local one = setmetatable({ x = 1 }, V)
for i = 1, 15000 do
  v = v + one * 2
  if v < one then n = n + 1 end
  if v == one then n = n + 1 end
  n = n + v(i) + #one + defaults[i]
  guarded[i] = n
end
print(v.x, n, #log)
