// The world Lua code runs in: what is there, what must not be, what must not
// leak. Only language features that Lua 5.1 and 5.3 share are used.
import { lua, test } from '../lib/dsl.mjs'

export const area = 'lua-sandbox'

/** Every named field of `table` is a function. */
const has = (name, options, table, ...fields) =>
  lua(
    name,
    options,
    `local missing = {} for _, k in ipairs({ ${fields.map(f => `"${f}"`).join(', ')} }) do if type(${table}[k]) ~= "function" then missing[#missing + 1] = k end end return missing`,
    [[]]
  )

/** The expression must be true: something dangerous is out of reach. */
const closed = (name, options, why, expr) =>
  lua(name, { ...options, peerBug: true, why }, `return ${expr}`, [true])

export default [
  lua(
    'global-modules',
    { share: true },
    `
    local missing = {}
    for _, name in ipairs({ "log", "kv", "env", "http", "json", "base64", "crypto", "time", "url", "strings", "random", "router", "ai", "email" }) do
      if type(_G[name]) ~= "table" then missing[#missing + 1] = name end
    end
    return missing`,
    [[]]
  ),
  lua(
    'global-module-functions',
    { share: true },
    `
    local want = {
      log = "debug info warn error", kv = "get set delete", env = "get set delete", http = "get post put delete", json = "encode decode",
      base64 = "encode decode", crypto = "md5 sha1 sha256 sha512 hmac_sha1 hmac_sha256 hmac_sha512 uuid", time = "now format parse sleep",
      url = "parse encode decode", strings = "trim trimLeft trimRight split join hasPrefix hasSuffix contains replace toLower toUpper repeat",
      random = "int float string bytes hex id", router = "match params path url", ai = "chat", email = "send"
    }
    local missing = {}
    for name, list in pairs(want) do
      for f in list:gmatch("%S+") do if type(_G[name][f]) ~= "function" then missing[#missing + 1] = name .. "." .. f end end
    end
    return missing`,
    [[]]
  ),
  has(
    'lua-basics',
    { share: true },
    '_G',
    'assert',
    'error',
    'ipairs',
    'next',
    'pairs',
    'pcall',
    'xpcall',
    'rawequal',
    'rawget',
    'rawset',
    'select',
    'setmetatable',
    'getmetatable',
    'tonumber',
    'tostring',
    'type',
    'print'
  ),
  lua(
    'lua-clock-functions',
    { share: true },
    'return math.abs(os.time() - time.now()) <= 2, type(os.clock()), os.date("!%Y-%m-%d", 0)',
    [true, 'number', '1970-01-01']
  ),
  lua(
    'errors-can-be-tables',
    { share: true },
    'local ok, e = pcall(error, { code = 7 }) return ok, e.code',
    [false, 7]
  ),
  test('globals-do-not-outlive-a-call', { share: true }, async t => {
    const fn = await t.create(t.wrapLua('count = (count or 0) + 1 return count'))
    for (let i = 0; i < 4; i++) t.eq((await t.lua('', { fn })).values, [1], `call ${i + 1}`)
  }),
  test('broken-modules-are-whole-again-next-time', { share: true }, async t => {
    const breaker = await t.create(
      t.wrapLua(
        'json.encode = nil string.upper = nil kv = nil pcall(function() getmetatable("").__index = nil end) return 1'
      )
    )
    await t.lua('', { fn: breaker })
    t.eq(
      (await t.lua('return json.encode({ 1 }), ("a"):upper(), type(kv)')).values,
      ['[1]', 'A', 'table'],
      'next call'
    )
  }),
  closed(
    'no-reading-of-files',
    { share: true },
    'io can read and write every file the server can',
    'io == nil or (io.open == nil and io.lines == nil and io.output == nil)'
  ),
  closed(
    'no-server-environment-through-os',
    { share: true },
    'os.getenv shows the server environment, including the management API key',
    'os == nil or os.getenv == nil or (os.getenv("PATH") == nil and os.getenv("API_KEY") == nil)'
  )
]
