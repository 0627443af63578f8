function handler(ctx, event)
  local count = (tonumber(kv.get("count")) or 0) + 1
  kv.set("count", count)
  log.info("count is " .. count)
  return { statusCode = 200, body = json.encode({ count = count }) }
end
