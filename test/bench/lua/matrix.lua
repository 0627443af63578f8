-- Matrices as lists of lists: multiplication.
local function matrix(n, f)
  local m = {}
  for i = 1, n do m[i] = {} for j = 1, n do m[i][j] = f(i, j) end end
  return m
end
local function multiply(a, b, n)
  return matrix(n, function(i, j)
    local row, sum = a[i], 0
    for k = 1, n do sum = sum + row[k] * b[k][j] end
    return sum
  end)
end
local n = 60
local m = matrix(n, function(i, j) return (i * j) % 7 end)
local r = multiply(multiply(m, m, n), m, n)
print(r[1][1], r[n][n], r[3][17])
