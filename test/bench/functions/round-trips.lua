function handler(ctx, event)
  kv.set("payload", string.rep("x", tonumber(event.query.bytes)))
  for i = 1, tonumber(event.query.calls) do kv.get("payload") end
  return { body = "done" }
end
