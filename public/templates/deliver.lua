-- Takes an event and delivers it to another server, again and again until that has
-- taken it. Set TARGET_URL under Settings; what is never taken is under Jobs, dead.
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

local function deliver(ctx, event, target)
  local reply, err = http.post(target, {
    headers = { ["Content-Type"] = "application/json", ["Webhook-Id"] = ctx.job_id },
    body = event.body
  })
  -- Nobody answered: the attempt has failed, and another one follows.
  if not reply then
    error("no answer: " .. err)
  end

  local status = reply.statusCode
  log.info("Attempt " .. ctx.attempt .. ": " .. status)
  if status == 404 or status == 410 then
    ctx.give_up("the receiver is gone: " .. status)
  elseif status >= 400 and status < 500 and status ~= 429 then
    ctx.retry_after(3600)
  end
  return { statusCode = status }
end

function handler(ctx, event)
  local target = env.get("TARGET_URL")
  if not target then
    log.error("TARGET_URL is not set: set it under Settings, Environment variables")
    return answer(503, { error = "Set TARGET_URL under Settings, Environment variables" })
  end

  if ctx.trigger == "job" then
    return deliver(ctx, event, target)
  end

  local job, err = functions.enqueue(ctx.functionId, { method = "POST", body = event.body })
  if not job then
    log.error(err)
    return answer(503, { error = "Too much is waiting; try again later" })
  end
  return answer(202, { job_id = job })
end
