function handler(ctx, event)
  return { statusCode = 200, body = "" }
end
