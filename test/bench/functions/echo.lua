function handler(ctx, event)
  return { statusCode = 200, headers = { ["Content-Type"] = "application/octet-stream" }, body = event.body }
end
