-- Objects with metatables: methods, inheritance, self.
local Shape = {}
Shape.__index = Shape
function Shape.new(kind, w, h) return setmetatable({ kind = kind, w = w, h = h }, Shape) end
function Shape:area() return self.w * self.h end
function Shape:scale(f) self.w = self.w * f self.h = self.h * f return self end
local Square = setmetatable({}, { __index = Shape })
Square.__index = Square
function Square.new(w) local s = Shape.new("square", w, w) return setmetatable(s, Square) end
function Square:side() return self.w end
local total = 0
for i = 1, 20000 do
  local a, b = Shape.new("rectangle", i, 2), Square.new(i)
  total = total + a:area() + b:scale(2):area() + b:side() + a:scale(3):area()
end
print(total)
