-- What a small web function does: route, read parameters, validate, build an answer.
local routes = {}
local function route(method, pattern, handler)
  routes[#routes + 1] = { method = method, pattern = "^" .. pattern:gsub(":%w+", "([^/]+)") .. "$", handler = handler }
end
local store = {}
route("GET", "/users", function() local n = 0 for _ in pairs(store) do n = n + 1 end return 200, { count = n } end)
route("GET", "/users/:id", function(id) local u = store[id] if not u then return 404, { error = "no user " .. id } end return 200, u end)
route("POST", "/users/:id", function(id, body)
  if type(body.name) ~= "string" or #body.name == 0 then return 400, { error = "name" } end
  store[id] = { id = id, name = body.name:gsub("^%s+", ""):lower(), at = body.at or 0 }
  return 201, store[id]
end)
local function handle(event)
  for _, r in ipairs(routes) do
    if r.method == event.method then
      local captures = { event.path:match(r.pattern) }
      if captures[1] then
        local status, body
        if captures[1] == event.path then status, body = r.handler(event.body)
        else captures[#captures + 1] = event.body status, body = r.handler((table.unpack or unpack)(captures)) end
        return { statusCode = status, headers = { ["Content-Type"] = "application/json" }, body = body }
      end
    end
  end
  return { statusCode = 404 }
end
local codes = {}
for i = 1, 6000 do
  local method = i % 3 == 0 and "POST" or "GET"
  local r = handle({ method = method, path = i % 50 == 0 and "/users" or "/users/" .. i % 97, body = { name = i % 11 == 0 and "" or " Name " .. i, at = i } })
  codes[r.statusCode] = (codes[r.statusCode] or 0) + 1
end
print(codes[200], codes[201], codes[400], codes[404], store["5"] and store["5"].name)
