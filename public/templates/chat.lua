-- Tells a chat what fails. Make this function the target of an alert, and set CHAT_WEBHOOK under Settings: the
-- address of an incoming webhook of Slack, or of anything else that takes {"text": "…"}.
-- An alert calls it by a job: when the chat cannot be reached, it is tried again.
local signs = { firing = "[failing]", ok = "[recovered]", test = "[test]" }

local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

-- What chats of this kind would take for a mention or a link.
local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

function handler(ctx, event)
  local alert, problem = event:json()
  if problem or type(alert) ~= "table" or type(alert.title) ~= "string" then
    return answer(400, { error = "The body is no alert: it needs a title" })
  end

  local webhook = env.get("CHAT_WEBHOOK")
  if not webhook then
    log.error("CHAT_WEBHOOK is not set: set it under Settings, Environment variables")
    return answer(503, { error = "Set CHAT_WEBHOOK under Settings, Environment variables" })
  end

  local lines = { (signs[alert.status] or "") .. " " .. alert.title, alert.text, alert.url }
  local text = escape(strings.trim(table.concat(lines, "\n")))
  local reply, err = http.post(webhook, {
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode({ text = text })
  })
  if err then
    return answer(502, { error = "The chat cannot be reached: " .. err })
  end
  if reply.statusCode >= 300 then
    log.warn("The chat answered " .. reply.statusCode)
    return answer(502, { error = "The chat answered " .. reply.statusCode })
  end
  return answer(200, { told = alert.title })
end
