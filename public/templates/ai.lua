-- Answers a question with a language model. Set OPENAI_API_KEY under Settings,
-- then send {"question": "…"} with POST.
local function answer(status, value)
  return {
    statusCode = status,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode(value)
  }
end

function handler(ctx, event)
  local request = json.decode(event.body)
  local question = type(request) == "table" and request.question or event.query.question
  if type(question) ~= "string" or question == "" then
    return answer(400, { error = 'Send {"question": "…"}' })
  end

  if not env.get("OPENAI_API_KEY") then
    return answer(503, { error = "Set OPENAI_API_KEY under Settings, Environment variables" })
  end

  local reply, problem = ai.chat({
    provider = "openai",
    model = "gpt-4o-mini",
    max_tokens = 300,
    messages = {
      { role = "system", content = "Answer in two sentences at most." },
      { role = "user", content = question }
    }
  })
  if not reply then
    log.error("The model did not answer: " .. problem)
    return answer(502, { error = problem })
  end

  log.info("Used " .. reply.usage.output_tokens .. " tokens")
  return answer(200, { answer = reply.content, model = reply.model })
end
