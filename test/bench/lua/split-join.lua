-- Splitting lines and fields, trimming, joining: what text handlers do.
local lines = {}
for i = 1, 2000 do lines[i] = "  id=" .. i .. ", name = user" .. i .. " ,score=" .. (i * 37 % 101) .. "  " end
local text = table.concat(lines, "\n")
local sum, out = 0, {}
for line in text:gmatch("[^\n]+") do
  local record = {}
  for key, value in line:gmatch("([%w]+)%s*=%s*([^,]+)") do record[key] = value:match("^%s*(.-)%s*$") end
  sum = sum + tonumber(record.score)
  out[#out + 1] = record.name:upper() .. ":" .. record.id
end
print(sum, #table.concat(out, ","), out[77])
