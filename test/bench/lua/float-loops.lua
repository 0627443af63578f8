-- Arithmetic on fractions: a Mandelbrot set and an n-body-like step.
local inside = 0
for py = 0, 59 do
  for px = 0, 59 do
    local x0, y0, x, y, i = px / 30 - 1.5, py / 30 - 1, 0, 0, 0
    while i < 50 and x * x + y * y < 4 do
      x, y, i = x * x - y * y + x0, 2 * x * y + y0, i + 1
    end
    if i == 50 then inside = inside + 1 end
  end
end
local x, vx, e = 1.0, 0.0, 0.0
for _ = 1, 200000 do
  vx = vx - x * 0.001
  x = x + vx * 0.001
  e = (x * x + vx * vx) ^ 0.5
end
print(inside, string.format("%.9f %.9f", x, e))
