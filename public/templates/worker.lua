-- Answers at once and does the work in the background: a call makes a job of this
-- same function. A job that fails is tried again, as Settings says under Retries.
-- It may run twice when the server dies, so the work bears being done twice.
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

local function work(order)
  local key = "done:" .. order.id
  if kv.get(key) then
    log.info("Order " .. order.id .. " is done already")
    return
  end
  log.info("Working on order " .. order.id)
  -- The work itself goes here. What it raises has it tried again.
  kv.set(key, time.now())
end

function handler(ctx, event)
  if ctx.trigger == "job" then
    work(json.decode(event.body))
    return { statusCode = 200 }
  end

  local order, problem = json.decode(event.body)
  if problem or type(order) ~= "table" or (order.id or "") == "" then
    return answer(400, { error = 'Send an order such as {"id":"order-7"}' })
  end

  -- The same order makes the same job within a day.
  local job, err = functions.enqueue(ctx.functionId, { method = "POST", body = event.body }, {
    idempotency_key = crypto.sha256(tostring(order.id))
  })
  if not job then
    log.error(err)
    return answer(503, { error = "Too much is waiting; try again later" })
  end
  return answer(202, { job_id = job })
end
