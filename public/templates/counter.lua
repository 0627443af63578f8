-- Counts its visitors. What kv keeps outlives every execution.
function handler(ctx, event)
  local visits = kv.increment("visits")

  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode({ visits = visits })
  }
end
