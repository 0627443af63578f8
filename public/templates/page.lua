-- Answers with a page. Everything that comes from outside is escaped before it gets into HTML.
local function escape(text)
  return (text:gsub("[&<>\"']", {
    ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"
  }))
end

local page = [[
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Hello</title>
  <style>
    body { font: 18px/1.6 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; background: #14182b; color: #f4f1e4 }
    main { text-align: center }
    h1 { color: #f5d67b }
  </style>
</head>
<body>
  <main>
    <h1>Good evening, %s</h1>
    <p>It is %s UTC.</p>
  </main>
</body>
</html>
]]

function handler(ctx, event)
  local name = escape(event.query.name or "traveller")
  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "text/html; charset=utf-8" },
    body = string.format(page, name, time.format(time.now(), "15:04"))
  }
end
