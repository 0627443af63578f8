/** The examples of a module as one function that tells what the declared functions returned in them. */
import type { LuaType } from '../../../../core/lua/types/declare.js'

/** A Lua value, described: enough to hold it against a declared type. */
export type Described =
  | { readonly t: 'nil' | 'boolean' | 'string' | 'function' }
  | { readonly t: 'number'; readonly whole: boolean }
  | {
      readonly t: 'table'
      readonly entries: ReadonlyArray<{
        readonly k: Described
        readonly name?: string
        readonly v: Described
      }>
    }

export interface Watched {
  readonly name: string
  /** The message, when the example raised an error. */
  readonly error?: string
  /** The results of each call of the declared function. */
  readonly calls: ReadonlyArray<readonly Described[]>
  /** What the example itself returned, and the body in it, a binary string. */
  readonly answer: readonly Described[]
  readonly body?: string
}

/** The code; its answer's body is a list of Watched as JSON, made without the modules under test. */
export const watchedExamples = (
  module: string,
  functions: ReadonlyArray<readonly [name: string, example: string]>
): string => `local out = {}

local function quote(s)
  return '"' .. s:gsub('[%c"\\\\\\128-\\255]', function (c) return string.format("\\\\u%04x", c:byte()) end) .. '"'
end

local function describe(v)
  local t = type(v)
  if t == "number" then return '{"t":"number","whole":' .. tostring(v == math.floor(v)) .. "}" end
  if t ~= "table" then return '{"t":"' .. t .. '"}' end
  local entries = {}
  for k, value in pairs(v) do
    local name = type(k) == "string" and ',"name":' .. quote(k) or ""
    entries[#entries + 1] = '{"k":' .. describe(k) .. name .. ',"v":' .. describe(value) .. "}"
  end
  return '{"t":"table","entries":[' .. table.concat(entries, ",") .. "]}"
end

local function all(n, ...)
  local list = {}
  for i = 1, n do list[i] = describe((select(i, ...))) end
  return "[" .. table.concat(list, ",") .. "]"
end

-- Runs one example while the function that it is about is watched.
local function run(name, example, ctx, event)
  local calls, original = {}, ${module}[name]
  local function note(...)
    calls[#calls + 1] = all(select("#", ...), ...)
    return ...
  end
  ${module}[name] = function (...) return note(original(...)) end
  local results = table.pack(pcall(example, ctx, event))
  ${module}[name] = original

  local answer = results[2]
  local body = type(answer) == "table" and answer.body
  out[#out + 1] = '{"name":' .. quote(name)
    .. (results[1] and "" or ',"error":' .. quote(tostring(answer)))
    .. ',"calls":[' .. table.concat(calls, ",") .. '],"answer":' .. all(results.n - 1, table.unpack(results, 2, results.n))
    .. ((type(body) == "string" or type(body) == "number") and ',"body":' .. quote(tostring(body)) or "") .. "}"
end

function handler(ctx, event)
${functions.map(([name, example]) => `run("${name}", function (ctx, event)\n${example}\nend, ctx, event)`).join('\n')}
  return { body = "[" .. table.concat(out, ",") .. "]" }
end`

/** Whether the described value is one of the declared type. */
export function fits(value: Described, type: LuaType): boolean {
  switch (type.kind) {
    case 'text':
    case 'bytes':
      return value.t === 'string'
    case 'number':
      return value.t === 'number'
    case 'integer':
      return value.t === 'number' && value.whole
    case 'boolean':
      return value.t === 'boolean'
    case 'nil':
      return value.t === 'nil'
    case 'any':
      return true
    case 'callback':
      return value.t === 'function'
    case 'optional':
      return value.t === 'nil' || fits(value, type.of)
    case 'union':
      return type.of.some(of => fits(value, of))
    case 'list':
      return (
        value.t === 'table' &&
        value.entries.every(({ k, v }) => k.t === 'number' && fits(v, type.of))
      )
    case 'map':
      return (
        value.t === 'table' &&
        value.entries.every(({ k, v }) => k.t === 'string' && fits(v, type.of))
      )
    case 'record': {
      if (value.t !== 'table') return false
      const given = new Map(value.entries.map(({ name = '', v }) => [name, v]))
      return (
        [...given.keys()].every(name => name in type.fields) &&
        Object.entries(type.fields).every(([name, field]) =>
          fits(given.get(name) ?? { t: 'nil' }, field.type)
        )
      )
    }
  }
}
