-- string.format with the usual conversions.
local n = 0
for i = 1, 30000 do
  n = n + #string.format("%d: %s = %5.2f (%x) %-10s|%05d", i, "name" .. i, i / 7, i, "left", i % 1000)
end
print(n, string.format("%q %g %i%%", "a\nb", 0.1, 42))
