// Carries Lua values back to the test process without using the json module
// of the server under test. Strings travel as hex, so they are binary safe.

const PRELUDE = `
local function __dump(v, depth)
  local k = type(v)
  if k == "nil" then return "z" end
  if k == "boolean" then return v and "t" or "f" end
  if k == "number" then
    if v ~= v then return "nNaN;" end
    if v == math.huge then return "nInfinity;" end
    if v == -math.huge then return "n-Infinity;" end
    return "n" .. string.format("%.17g", v) .. ";"
  end
  if k == "string" then
    local out = {}
    for i = 1, #v do out[i] = string.format("%02x", string.byte(v, i)) end
    return "s" .. table.concat(out) .. ";"
  end
  if k == "table" then
    if depth > 12 then return "?" end
    local out = {}
    for key, val in pairs(v) do
      out[#out + 1] = __dump(key, depth + 1) .. __dump(val, depth + 1)
    end
    return "{" .. table.concat(out) .. "}"
  end
  if k == "function" then return "F" end
  return "?"
end
local function __collect(...)
  local n = select("#", ...)
  local args = {...}
  local out = {}
  for i = 1, n do out[i] = __dump(args[i], 0) end
  return table.concat(out)
end
`

/** Wraps a Lua function body; whatever it returns is sent back as values. */
export function wrapLua(body, before = '') {
  return `${before}\n${PRELUDE}
local function __run(ctx, event)
${body}
end
function handler(ctx, event)
  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "text/plain" },
    body = "LUA1:" .. __collect(__run(ctx, event))
  }
end
`
}

export const FUNCTION = Object.freeze({ lua: 'function' })
export const OTHER = Object.freeze({ lua: 'other' })

/** A Lua string that is not valid UTF-8 is represented by this shape. */
export function bytes(hex) {
  return { hex: hex.toLowerCase() }
}

function decodeString(hex) {
  const buf = Buffer.from(hex, 'hex')
  const text = buf.toString('utf8')
  return Buffer.from(text, 'utf8').equals(buf) ? text : bytes(hex)
}

/** Decodes a response body made by wrapLua into an array of JS values. */
export function readLua(text) {
  if (!text.startsWith('LUA1:')) throw new Error(`not a wrapped Lua reply: ${text.slice(0, 200)}`)
  let i = 5
  const value = () => {
    const tag = text[i++]
    switch (tag) {
      case 'z':
        return null
      case 't':
        return true
      case 'f':
        return false
      case 'F':
        return FUNCTION
      case '?':
        return OTHER
      case 'n':
      case 's': {
        const end = text.indexOf(';', i)
        const raw = text.slice(i, end)
        i = end + 1
        return tag === 'n' ? Number(raw) : decodeString(raw)
      }
      case '{': {
        const entries = []
        while (text[i] !== '}') {
          const k = value()
          entries.push([k, value()])
        }
        i++
        const n = entries.length
        const isList = n > 0 && entries.every(([k]) => Number.isInteger(k) && k >= 1 && k <= n)
        if (isList) {
          const list = []
          for (const [k, v] of entries) list[k - 1] = v
          return list
        }
        const out = {}
        for (const [k, v] of entries) {
          out[typeof k === 'object' && k ? JSON.stringify(k) : String(k)] = v
        }
        return out
      }
      default:
        throw new Error(`bad wire tag ${JSON.stringify(tag)} at ${i - 1}`)
    }
  }
  const values = []
  while (i < text.length) values.push(value())
  while (values.length && values[values.length - 1] === null) values.pop()
  return values
}
