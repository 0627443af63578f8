/** Programs of the cookbook whose answers are for browsers. */
import type { CookbookProgram } from './program.js'

export const formPage: CookbookProgram = {
  title: 'An HTML page with a form and a cookie',
  doc: "Reads a form's body with `url.parse`, and escapes what people typed before showing it.",
  code: `local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (text:gsub("[&<>\\"']", entities))
end

local function cookie(event, name)
  for part in (event.headers["Cookie"] or ""):gmatch("[^;]+") do
    local key, value = part:match("^%s*([^=]+)=(.*)$")
    if key == name then return url.decode(value) end
  end
end

function handler(ctx, event)
  local headers = { ["Content-Type"] = "text/html; charset=utf-8" }
  if event.method == "POST" then
    local form = url.parse("?" .. event.body)
    local name = form and form.query.name or ""
    headers["Set-Cookie"] = "name=" .. url.encode(name) .. "; Path=/fn/" .. ctx.functionId .. "; HttpOnly; SameSite=Lax"
    headers["Location"] = router.path("/")
    return { statusCode = 303, headers = headers }
  end

  local name = cookie(event, "name")
  return {
    headers = headers,
    body = "<!doctype html><title>Hello</title><h1>Hello, " .. escape(name or "stranger") .. "</h1>"
      .. '<form method="post"><input name="name"><button>Save</button></form>'
  }
end`
}

export const redirects: CookbookProgram = {
  title: 'A link shortener',
  doc: '`POST` a URL as the body, get a short link; opening it redirects and counts.',
  code: `function handler(ctx, event)
  if event.method == "POST" then
    local target = strings.trim(event.body)
    local parts, err = url.parse(target)
    if err or not (parts.scheme == "http" or parts.scheme == "https") then
      return { statusCode = 400, body = json.encode({ error = "the body must be an http or https URL" }) }
    end
    local code = random.string(7)
    kv.set("link:" .. code, target)
    return { statusCode = 201, body = json.encode({ short = router.url("/:code", { code = code }) }) }
  end

  if router.match(event.relativePath, "/:code") then
    local code = router.params(event.relativePath, "/:code").code
    local target = kv.get("link:" .. code)
    if target then
      kv.increment("hits:" .. code)
      return { statusCode = 302, headers = { Location = target } }
    end
  end
  return { statusCode = 404, body = json.encode({ error = "no such link" }) }
end`
}

export const svgBadge: CookbookProgram = {
  title: 'An image, and binary data',
  doc: 'SVG is text. Binary data is returned as base64 with `isBase64Encoded`.',
  code: `-- A GIF of one transparent pixel.
local PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

function handler(ctx, event)
  if event.relativePath == "/pixel.gif" then
    kv.increment("views")
    return {
      headers = { ["Content-Type"] = "image/gif", ["Cache-Control"] = "no-store" },
      body = PIXEL,
      isBase64Encoded = true
    }
  end

  local views = kv.get("views") or "0"
  return {
    headers = { ["Content-Type"] = "image/svg+xml" },
    body = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="20">'
      .. '<rect width="120" height="20" fill="#334"/>'
      .. '<text x="8" y="14" fill="#fff" font-size="12">views: ' .. views .. "</text></svg>"
  }
end`
}
