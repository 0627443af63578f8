-- Bit operators: a checksum and a small hash.
local crc = 0xFFFFFFFF
for i = 1, 6000 do
  crc = crc ~ (i & 0xFF)
  for _ = 1, 8 do
    if crc & 1 == 1 then crc = (crc >> 1) ~ 0xEDB88320 else crc = crc >> 1 end
  end
end
local h = 0
for i = 1, 60000 do h = ((h << 5) + (h >> 2) + i) & 0xFFFFFF end
print(crc, h)
