function handler(ctx, event)
  time.sleep(2000)
  return { statusCode = 200, body = "slept" }
end
