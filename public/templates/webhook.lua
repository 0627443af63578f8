-- Receives a webhook and refuses every request without a right signature.
-- Set WEBHOOK_SECRET under Settings; the sender signs the body with HMAC-SHA256
-- and sends "sha256=…" in the header X-Signature-256.
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

function handler(ctx, event)
  local secret = env.get("WEBHOOK_SECRET")
  if not secret then
    log.error("WEBHOOK_SECRET is not set: set it under Settings, Environment variables")
    return answer(503, { error = "This webhook is not set up yet; its log says what is missing" })
  end

  local expected = "sha256=" .. crypto.hmac_sha256(event.body, secret)
  if not crypto.equal(expected, event.headers["X-Signature-256"] or "") then
    log.warn("Refused a request with a wrong signature")
    return answer(401, { error = 'Send "sha256=" and the HMAC-SHA256 of the body in the header X-Signature-256' })
  end

  local payload, problem = json.decode(event.body)
  if problem then
    return answer(400, { error = "The body is no JSON: " .. problem })
  end

  log.info("Received " .. tostring(payload.type or "an event"))
  return answer(200, { received = true })
end
