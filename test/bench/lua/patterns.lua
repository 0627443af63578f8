-- find, match, gmatch and gsub with captures, sets and callbacks.
local text = ("The quick brown fox jumps over the lazy dog; mail to someone@example.org at 12:34:56. "):rep(60)
local words, vowels, mails = 0, 0, 0
for _ = 1, 4 do
  for w in text:gmatch("%a+") do words = words + #w end
  local _, n = text:gsub("[aeiou]", "%0%0")
  vowels = vowels + n
  for user, host in text:gmatch("([%w.]+)@([%w.]+)") do mails = mails + #user + #host end
  text:gsub("(%d+):(%d+):(%d+)", function(h, m, s) words = words + tonumber(h) + tonumber(m) + tonumber(s) end)
end
local at = 0
local count = 0
while true do
  local from, to = text:find("l%a-y", at + 1)
  if not from then break end
  count, at = count + 1, to
end
print(words, vowels, mails, count, text:match("^(%w+)%s+(%w+)"))
