import t from 'tap'
import { testEngine } from './load.js'

const lua = testEngine()
const inHandler = (body: string): string => `function handler(ctx, event)\n${body}\nend`

t.test('a runtime error names chunk, line and variable, in the words of PUC Lua', async t => {
  const cases: Array<[string, string]> = [
    ['local v = nil return v.x', "attempt to index a nil value (local 'v')"],
    ['return event.user.name', "attempt to index a nil value (field 'user')"],
    ['return missing.name', "attempt to index a nil value (global 'missing')"],
    ['missing()', "attempt to call a nil value (global 'missing')"],
    ['event.missing()', "attempt to call a nil value (field 'missing')"],
    ['event:missing()', "attempt to call a nil value (method 'missing')"],
    ['return 1 + ctx', "attempt to perform arithmetic on a table value (local 'ctx')"],
    ['return event.count * 2', "attempt to perform arithmetic on a nil value (field 'count')"],
    ['return "a" .. event.name', "attempt to concatenate a nil value (field 'name')"],
    ['return {} < {}', 'attempt to compare two table values'],
    ['return 1 < "2"', 'attempt to compare number with string'],
    ['return #event.list', "attempt to get length of a nil value (field 'list')"],
    ['local t = {} t[nil] = 1', 'table index is nil'],
    ['local t = {} t[0/0] = 1', 'table index is NaN'],
    ['for i = 1, "x" do end', "'for' limit must be a number"],
    ['string.rep()', "bad argument #1 to 'rep' (string expected, got no value)"],
    ['("x"):rep({})', "bad argument #1 to 'rep' (number expected, got table)"],
    ['setmetatable(1, {})', "bad argument #1 to 'setmetatable' (table expected, got number)"],
    ['ipairs()', "bad argument #1 to 'ipairs' (value expected)"],
    ['error("own words")', 'own words'],
    ['assert(false, "asserted")', 'asserted'],
    ['assert(nil)', 'assertion failed!']
  ]
  for (const [body, message] of cases) {
    const { kind, message: raised, line } = lua.fault(inHandler(`\n${body}`), {})
    t.strictSame(
      { body, kind, raised, line },
      { body, kind: 'runtime', raised: `fn:3: ${message}`, line: 3 }
    )
  }
})

t.test('an error while the chunk runs is of kind load', async t => {
  t.match(lua.fault('local x = nil\nx()'), {
    kind: 'load',
    message: "fn:2: attempt to call a nil value (local 'x')",
    line: 2
  })
})

t.test('a syntax error has the line and the column of the offending token', async t => {
  const cases: Array<[string, string, number, number]> = [
    ['local a = 1\nlocal x = = 2', "fn:2: unexpected symbol near '='", 2, 11],
    ['x = 5 5', "fn:1: unexpected symbol near '5'", 1, 7],
    ['if x then\n  y = 1\n', "fn:3: 'end' expected (to close 'if' at line 1) near <eof>", 3, 1],
    ['print("abc', 'fn:1: unfinished string near <eof>', 1, 7],
    ['x = "\\q"', "fn:1: invalid escape sequence near '\"\\q'", 1, 5],
    ['x = 3x', 'fn:1: syntax error near <eof>', 1, 7],
    ['x = 1e', "fn:1: malformed number near '1e'", 1, 5],
    ['goto nowhere', "fn:1: no visible label 'nowhere' for <goto> at line 1", 1, 13],
    ['break', 'fn:1: <break> at line 1 not inside a loop', 1, 6],
    ['if a != b then end', "fn:1: 'then' expected near '!'", 1, 6],
    ['x += 1', "fn:1: syntax error near '+'", 1, 3],
    [
      'function f()\n  return 1\n',
      "fn:3: 'end' expected (to close 'function' at line 1) near <eof>",
      3,
      1
    ],
    ['x = [[never', "fn:1: unfinished long string (starting at line 1) near '<eof>'", 1, 5],
    ['local \xe9 = 1', "fn:1: <name> expected near '<\\233>'", 1, 7]
  ]
  for (const [code, message, line, column] of cases) {
    const fault = lua.fault(code)
    t.strictSame(
      {
        code,
        kind: fault.kind,
        message: fault.message.replace("near '<eof>'", 'near <eof>'),
        line: fault.line,
        column: fault.column
      },
      { code, kind: 'syntax', message: message.replace("near '<eof>'", 'near <eof>'), line, column }
    )
  }
})

t.test('the traceback shows the stack at the error, with names and lines', async t => {
  const { traceback = '' } = lua.fault(`local function inner(x)
  return x.y.z
end
function middle(x)
  local r = inner(x)
  return r
end
local M = {}
function M:method() local r = middle({}) return r end
function handler() local r = M:method() return r end`)
  t.equal(
    traceback,
    [
      'stack traceback:',
      "fn:2: in upvalue 'inner'",
      "fn:5: in function 'middle'",
      "fn:9: in method 'method'",
      "fn:10: in function 'handler'"
    ].join('\n\t')
  )
  const native =
    lua.fault(inHandler('table.sort({ 3, 1 }, function(a, b) error("no") end)')).traceback ?? ''
  t.equal(
    native,
    [
      'stack traceback:',
      "[C]: in function 'error'",
      'fn:2: in function <fn:2>',
      "[C]: in function 'table.sort'",
      "fn:2: in function 'handler'"
    ].join('\n\t')
  )
})

t.test('an error value that is no text gets one', async t => {
  t.equal(lua.fault(inHandler('error({ code = 7 })')).message, '(error object is a table value)')
  t.equal(lua.fault(inHandler('error(nil)')).message, '(error object is a nil value)')
  t.equal(lua.fault(inHandler('error(12.5)')).message, '12.5')
  t.equal(
    lua.fault(
      inHandler('error(setmetatable({}, { __tostring = function() return "by itself" end }))')
    ).message,
    'by itself'
  )
  t.equal(
    lua.fault(inHandler('error(setmetatable({}, { __tostring = function() error("in it") end }))'))
      .message,
    '(error object is a table value)'
  )
  t.equal(
    lua.fault(inHandler('error(setmetatable({}, { __tostring = function() return {} end }))'))
      .message,
    '(error object is a table value)'
  )
  t.equal(
    lua.fault(
      inHandler('local function f() return f() + 1 end error(setmetatable({}, { __tostring = f }))')
    ).message,
    '(error object is a table value)'
  )
})

t.test('a missing handler and a handler that returns no table are kinds of their own', async t => {
  t.match(lua.fault('x = 1'), {
    kind: 'no-handler',
    message: 'handler function not found in Lua code',
    line: undefined
  })
  t.match(lua.fault('handler = {}'), { kind: 'no-handler' })
  t.match(
    lua.fault('setmetatable(_G, { __index = function() return print end })'),
    { kind: 'no-handler' },
    'it is read raw'
  )
  t.match(lua.fault(inHandler('return "text"')), {
    kind: 'bad-return',
    message: 'handler did not return a table',
    line: undefined
  })
  t.match(lua.fault(inHandler('')), { kind: 'bad-return' })
})

t.test('error adds the position of the level it is given', async t => {
  t.strictSame(
    lua.values(
      'local function f() error("x", 2) end return select(2, pcall(function()\nf() end)), select(2, pcall(error, "y", 0)), select(2, pcall(error, "z"))'
    ),
    ['fn:3: x', 'y', 'z']
  )
})

t.test(
  'xpcall calls its handler where the error happened, and an error in it does not escape',
  async t => {
    t.strictSame(
      lua.values(
        'return xpcall(function(a) error("E" .. a, 0) end, function(m) return "handled " .. m end, 5)'
      ),
      [false, 'handled E5']
    )
    t.strictSame(lua.values('return xpcall(error, function() error("again") end)'), [
      false,
      'error in error handling'
    ])
    t.strictSame(
      lua.values('return xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3)'),
      [true, 3, 1, undefined, 3]
    )
  }
)

t.test('a library function says which argument is missing, also where nil would do', async t => {
  const cases: Array<[string, string]> = [
    ['rawget({})', "#2 to 'rawget' (value expected)"],
    ['rawset({}, 1)', "#3 to 'rawset' (value expected)"],
    ['rawset({})', "#2 to 'rawset' (value expected)"],
    ['rawequal()', "#1 to 'rawequal' (value expected)"],
    ['setmetatable({})', "#2 to 'setmetatable' (nil or table expected)"],
    ['math.tointeger()', "#1 to 'tointeger' (value expected)"],
    ['math.max()', "#1 to 'max' (value expected)"],
    ['math.min()', "#1 to 'min' (value expected)"],
    ['string.sub("text")', "#2 to 'sub' (number expected, got no value)"],
    ['("text"):sub(nil, 2)', "#1 to 'sub' (number expected, got nil)"],
    ['pcall()', "#1 to 'pcall' (value expected)"],
    ['xpcall()', "#2 to 'xpcall' (function expected, got no value)"],
    ['xpcall(print)', "#2 to 'xpcall' (function expected, got no value)"],
    ['xpcall(print, {})', "#2 to 'xpcall' (function expected, got table)"]
  ]
  for (const [body, message] of cases) {
    t.strictSame(
      [body, lua.fault(inHandler(body)).message],
      [body, `fn:2: bad argument ${message}`]
    )
  }
  t.strictSame(lua.values('return rawget({}, nil), getmetatable(setmetatable({}, nil))'), [
    undefined,
    undefined
  ])
})

t.test('a metamethod that cannot be called is an error at the line of its operator', async t => {
  const operators: Array<[string, string]> = [
    ['__add', 'return t + 1'],
    ['__unm', 'return -t'],
    ['__len', 'return #t'],
    ['__concat', 'return t .. ""'],
    ['__eq', 'return t == setmetatable({}, getmetatable(t))'],
    ['__lt', 'return t < t'],
    ['__le', 'return t <= t'],
    ['__bnot', 'return ~t'],
    ['__tostring', 'return tostring(t)']
  ]
  for (const [event, use] of operators) {
    const body = `local t = setmetatable({}, { ${event} = true })\n${use}`
    t.strictSame(
      [event, lua.fault(inHandler(body)).message],
      [event, 'fn:3: attempt to call a boolean value']
    )
  }
})

t.test('a wrong argument is that of the function which got it, also from another one', async t => {
  const cases: Array<[string, string]> = [
    ['string.gsub("a", "a", setmetatable)', "#1 to 'setmetatable' (table expected, got string)"],
    ['table.sort({ 1, 2, 3 }, string.gsub)', "#3 to 'string.gsub' (string/function/table expected"],
    ['table.sort({ 1, 2, 3 }, table.sort)', "#1 to 'table.sort' (table expected, got number)"],
    ['pairs(setmetatable({}, { __pairs = next, __len = error }), 1) pairs(2)', "#1 to 'pairs' "],
    ['tostring(setmetatable({}, { __tostring = math.abs }))', "#1 to 'math.abs' (number expected"],
    ['local t = setmetatable({}, { __index = math.abs }) return t.x', "#1 to '__index' (number"],
    ['local t = setmetatable({}, { __add = math.abs }) return t + 1', "#1 to '__add' (number"]
  ]
  for (const [body, message] of cases) {
    const raised = lua.fault(inHandler(body)).message
    t.ok(raised.startsWith(`fn:2: bad argument ${message}`), `${body}: ${raised}`)
  }
  t.match(
    lua.values('return select(2, load(math.abs))')[0],
    "bad argument #1 to 'math.abs' (number expected, got no value)"
  )
})
