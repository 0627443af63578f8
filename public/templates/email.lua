-- Sends an e-mail through Resend. Set RESEND_API_KEY and MAIL_FROM ("Name <me@my-domain.org>") under Settings,
-- then send {"to": "…", "name": "…"} with POST.
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

function handler(ctx, event)
  local request = json.decode(event.body)
  if type(request) ~= "table" or type(request.to) ~= "string" then
    return answer(400, { error = 'Send {"to": "someone@example.org", "name": "…"}' })
  end

  for _, name in ipairs({ "RESEND_API_KEY", "MAIL_FROM" }) do
    if not env.get(name) then
      return answer(503, { error = "Set " .. name .. " under Settings, Environment variables" })
    end
  end

  local sent, problem = email.send({
    from = env.get("MAIL_FROM"),
    to = request.to,
    subject = "Welcome",
    text = "Hello " .. tostring(request.name or "there") .. ",\n\nit is good to have you here."
  })
  if not sent then
    log.error("The e-mail was not sent: " .. problem)
    return answer(502, { error = problem })
  end

  return answer(202, { id = sent.id })
end
