-- A small REST API for notes:
--   GET /   says what there is
--   GET /notes   POST /notes {"text": "…"}   GET /notes/:id   DELETE /notes/:id
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = value and json.encode(value) or ""
  }
end

local function readNotes()
  return json.decode(kv.get("notes") or "{}") or {}
end

local routes = {}

routes["GET /"] = function()
  return answer(200, {
    notes = router.url("/notes"),
    routes = { "GET /notes", "POST /notes", "GET /notes/:id", "DELETE /notes/:id" }
  })
end

routes["GET /notes"] = function()
  local list = {}
  for id, text in pairs(readNotes()) do
    table.insert(list, { id = id, text = text })
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return answer(200, { notes = #list > 0 and list or nil, count = #list })
end

routes["POST /notes"] = function(_, event)
  local note = json.decode(event.body)
  if type(note) ~= "table" or type(note.text) ~= "string" then
    return answer(400, { error = 'Send {"text": "…"}' })
  end
  local notes, id = readNotes(), random.id()
  notes[id] = note.text
  kv.set("notes", json.encode(notes))
  return answer(201, { id = id, text = note.text, url = router.url("/notes/:id", { id = id }) })
end

routes["GET /notes/:id"] = function(params)
  local text = readNotes()[params.id]
  if not text then return answer(404, { error = "No such note" }) end
  return answer(200, { id = params.id, text = text })
end

routes["DELETE /notes/:id"] = function(params)
  local notes = readNotes()
  if not notes[params.id] then return answer(404, { error = "No such note" }) end
  notes[params.id] = nil
  kv.set("notes", json.encode(notes))
  return answer(204)
end

function handler(ctx, event)
  for route, run in pairs(routes) do
    local method, pattern = route:match("^(%S+) (%S+)$")
    if method == event.method and router.match(event.relativePath, pattern) then
      return run(router.params(event.relativePath, pattern), event)
    end
  end
  return answer(404, { error = "No route for " .. event.method .. " " .. event.relativePath })
end
