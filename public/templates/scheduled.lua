-- Meant to run on a schedule: set one under Settings, such as "0 * * * *" for every hour.
function handler(ctx, event)
  local scheduled = tonumber(event.headers["X-Cron-Scheduled-Time"])
  local now = time.now()

  local last = tonumber(kv.get("last_run"))
  kv.set("last_run", now)

  if last then
    log.info("The last run was " .. (now - last) .. " seconds ago")
  else
    log.info("This is the first run")
  end

  -- The work of the job goes here.

  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode({
      ran_at = time.format(now, "2006-01-02 15:04:05"),
      on_schedule = scheduled ~= nil
    })
  }
end
