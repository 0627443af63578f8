/** Programs of the cookbook that keep values. */
import type { CookbookProgram } from './program.js'

export const todoApi: CookbookProgram = {
  title: 'A JSON API with several routes',
  doc: 'Create, list, read and delete, stored in `kv`, one key for each entry.',
  code: `local function answer(status, value)
  return { statusCode = status, body = value ~= nil and json.encode(value) or "" }
end

local function list()
  local todos = {}
  for _, entry in ipairs(kv.list("todo:")) do
    todos[#todos + 1] = json.decode(entry.value)
  end
  -- An empty table would become {}, and callers expect a list.
  return { statusCode = 200, body = #todos > 0 and json.encode(todos) or "[]" }
end

local function create(event)
  local input, err = json.decode(event.body)
  if err or type(input) ~= "table" or type(input.title) ~= "string" then
    return answer(400, { error = "a JSON object with a title is needed" })
  end
  local todo = { id = random.id(), title = strings.trim(input.title), done = false, createdAt = time.now() }
  kv.set("todo:" .. todo.id, json.encode(todo))
  log.info("created " .. todo.id)
  return answer(201, todo)
end

function handler(ctx, event)
  local path, method = event.relativePath, event.method
  if router.match(path, "/todos") then
    if method == "GET" then return list() end
    if method == "POST" then return create(event) end
    return answer(405, { error = "method not allowed" })
  end

  if router.match(path, "/todos/:id") then
    local key = "todo:" .. router.params(path, "/todos/:id").id
    local stored = kv.get(key)
    if not stored then return answer(404, { error = "no such todo" }) end
    if method == "GET" then return { statusCode = 200, body = stored } end
    if method == "DELETE" then
      kv.delete(key)
      return answer(204)
    end
    return answer(405, { error = "method not allowed" })
  end

  return answer(404, { error = "not found" })
end`
}

export const contactForm: CookbookProgram = {
  title: 'A rate limit, and an email',
  doc:
    'Takes JSON with `email` and `message`; five messages an hour from one address. Needs ' +
    "`RESEND_API_KEY` and `CONTACT_TO` in the function's environment.",
  code: `local LIMIT = 5

local function tooMany(address)
  return kv.increment("hits:" .. address, 1, { ttl = 3600 }) > LIMIT
end

function handler(ctx, event)
  if event.method ~= "POST" then return { statusCode = 405, body = json.encode({ error = "POST only" }) } end
  local input, err = json.decode(event.body)
  if err or type(input) ~= "table" or type(input.email) ~= "string" or type(input.message) ~= "string" then
    return { statusCode = 400, body = json.encode({ error = "email and message are needed" }) }
  end
  if tooMany(input.email) then
    local body = json.encode({ error = "too many messages" })
    return { statusCode = 429, headers = { ["Retry-After"] = 3600 }, body = body }
  end

  local sent, failure = email.send({
    from = "Website <website@example.org>",
    to = env.get("CONTACT_TO") or "owner@example.org",
    reply_to = input.email,
    subject = "Message from the website",
    text = input.message
  })
  if failure then
    log.error("email failed: " .. failure)
    return { statusCode = 502, body = json.encode({ error = "could not send" }) }
  end
  return { statusCode = 202, body = json.encode({ id = sent.id }) }
end`
}
