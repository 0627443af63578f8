-- Answers every request. Try it with ?name=Luna at the end of the address.
function handler(ctx, event)
  local name = event.query.name or "world"

  log.info("Saying hello to " .. name)

  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode({
      message = "Hello, " .. name .. "!",
      method = event.method,
      path = event.relativePath
    })
  }
end
