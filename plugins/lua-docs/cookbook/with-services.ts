/** Programs of the cookbook that speak with other services. */
import type { CookbookProgram } from './program.js'

export const webhook: CookbookProgram = {
  title: 'A webhook with a signature',
  doc:
    'Checks the HMAC that GitHub and others send, and ignores what was delivered before. Needs ' +
    "`WEBHOOK_SECRET` in the function's environment.",
  code: `function handler(ctx, event)
  local secret = env.get("WEBHOOK_SECRET")
  if not secret then
    log.error("WEBHOOK_SECRET is not set")
    return { statusCode = 500, body = json.encode({ error = "not configured" }) }
  end

  local expected = "sha256=" .. crypto.hmac_sha256(event.body, secret)
  if not crypto.equal(event:header("x-hub-signature-256") or "", expected) then
    return { statusCode = 401, body = json.encode({ error = "wrong signature" }) }
  end

  local delivery = event:header("x-github-delivery") or crypto.sha256(event.body)
  if not kv.compareAndSet("seen:" .. delivery, nil, time.now()) then
    return { statusCode = 200, body = json.encode({ status = "seen before" }) }
  end

  local payload, err = json.decode(event.body)
  if err then return { statusCode = 400, body = json.encode({ error = err }) } end
  log.info("action: " .. tostring(payload.action))
  return { statusCode = 202, body = json.encode({ status = "accepted" }) }
end`
}

export const cachedProxy: CookbookProgram = {
  title: 'Calling another API, with a cache',
  doc: 'Keeps good replies for a minute, and says where an answer came from.',
  code: `function handler(ctx, event)
  local city = strings.trim(event.query.city or "")
  if city == "" then
    return { statusCode = 400, body = json.encode({ error = "the query parameter city is needed" }) }
  end

  local key = "weather:" .. strings.toLower(city)
  local cached = kv.get(key)
  if cached then return { headers = { ["X-Cache"] = "hit" }, body = cached } end

  local reply, err = http.get("https://api.example.com/weather", {
    query = { city = city },
    headers = { Authorization = "Bearer " .. (env.get("WEATHER_TOKEN") or "") }
  })
  if err then
    log.warn("weather service: " .. err)
    return { statusCode = 502, body = json.encode({ error = "the weather service cannot be reached" }) }
  end
  if reply.statusCode ~= 200 then
    return { statusCode = 502, body = json.encode({ error = "the weather service answered " .. reply.statusCode }) }
  end

  kv.set(key, reply.body, { ttl = 60 })
  return { headers = { ["X-Cache"] = "miss" }, body = reply.body }
end`
}

export const dailyReport: CookbookProgram = {
  title: 'A scheduled job',
  doc: 'Give it a schedule such as `0 6 * * *`. Called by anybody else it only shows its last result.',
  code: `function handler(ctx, event)
  if ctx.trigger ~= "cron" then
    return { headers = { ["Content-Type"] = "text/plain" }, body = kv.get("report") or "no report yet" }
  end

  local yesterday = time.format(time.now() - 86400, "2006-01-02")
  local lines = {}
  for _, entry in ipairs(kv.list("visits:" .. yesterday)) do
    lines[#lines + 1] = entry.key .. ": " .. entry.value
  end
  local report = "Report for " .. yesterday .. "\\n" .. table.concat(lines, "\\n")
  kv.set("report", report)
  log.info(#lines .. " lines")
  return { statusCode = 200, body = json.encode({ lines = #lines }) }
end`
}

export const summarize: CookbookProgram = {
  title: 'A question to a language model',
  doc: "Needs `OPENAI_API_KEY` in the function's environment.",
  code: `function handler(ctx, event)
  if #event.body == 0 then
    return { statusCode = 400, body = json.encode({ error = "send the text as the body" }) }
  end

  local answer, err = ai.chat({
    provider = "openai",
    model = "gpt-4o-mini",
    max_tokens = 200,
    messages = {
      { role = "system", content = "Summarize the text in two sentences." },
      { role = "user", content = event.body }
    }
  })
  if err then
    return { statusCode = 502, body = json.encode({ error = err }) }
  end
  return { body = json.encode({ summary = answer.content, tokens = answer.usage.output_tokens }) }
end`
}
