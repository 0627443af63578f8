-- A JSON encoder and decoder written in Lua.
local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n" }
local function encode(v, out)
  local t = type(v)
  if t == "table" then
    if #v > 0 then
      out[#out + 1] = "["
      for i, x in ipairs(v) do if i > 1 then out[#out + 1] = "," end encode(x, out) end
      out[#out + 1] = "]"
    else
      out[#out + 1] = "{"
      local keys = {}
      for k in pairs(v) do keys[#keys + 1] = k end
      table.sort(keys)
      for i, k in ipairs(keys) do
        if i > 1 then out[#out + 1] = "," end
        out[#out + 1] = '"' .. k .. '":'
        encode(v[k], out)
      end
      out[#out + 1] = "}"
    end
  elseif t == "string" then out[#out + 1] = '"' .. v:gsub('["\\\n]', escapes) .. '"'
  else out[#out + 1] = tostring(v) end
  return out
end
local decode
local function skip(s, i) return s:find("%S", i) end
local function decodeString(s, i)
  local from, to = s:find('^"[^"\\]*"', i)
  return s:sub(from + 1, to - 1), to + 1
end
function decode(s, i)
  i = skip(s, i)
  local c = s:sub(i, i)
  if c == "[" then
    local t = {}
    i = skip(s, i + 1)
    while s:sub(i, i) ~= "]" do
      t[#t + 1], i = decode(s, i)
      i = skip(s, i)
      if s:sub(i, i) == "," then i = i + 1 end
    end
    return t, i + 1
  elseif c == "{" then
    local t, k = {}, nil
    i = skip(s, i + 1)
    while s:sub(i, i) ~= "}" do
      k, i = decodeString(s, skip(s, i))
      t[k], i = decode(s, skip(s, i) + 1)
      i = skip(s, i)
      if s:sub(i, i) == "," then i = i + 1 end
    end
    return t, i + 1
  elseif c == '"' then return decodeString(s, i)
  else
    local from, to = s:find("^[%w.+-]+", i)
    local word = s:sub(from, to)
    return tonumber(word) or word == "true", to + 1
  end
end
local users = {}
for i = 1, 150 do users[i] = { id = i, name = "user " .. i, active = i % 2 == 0, tags = { "a", "b", "c" .. i }, score = i * 3 } end
local text
for _ = 1, 5 do
  text = table.concat(encode({ users = users, total = #users }, {}))
  users = decode(text, 1).users
end
print(#text, users[150].name, users[7].tags[3], users[8].active)
