import t from 'tap'
import type { Fault } from '../../../core/contracts/records.js'
import { missingNameAdvice } from '../../../core/lua-advice/error-names.js'
import { errorText } from '../../../core/lua-advice/error-text.js'
import { localModules } from '../../../plugins/lua/builtin.js'
import { startRig } from '../../sandbox/rig.js'

/** Code that fails, as the body of a handler, and what the first line of the advice is about. */
const failing: ReadonlyArray<readonly [name: string, body: string, tip: RegExp]> = [
  ['nil index of a local', 'local v\n  return v.x', /is nil where a table was expected/],
  ['nil index of a field', 'local v = {}\n  return v.x.y', /is nil where a table was expected/],
  ['nil index of a global', 'return v.x', /is nil where a table was expected/],
  ['writing into nil', 'local v\n  v.x = 1', /is nil where a table was expected/],
  ['non-table index', 'local v = 5\n  return v.x', /Only tables/],
  ['nil call of a global', 'return nosuch()', /misspelt/],
  ['nil call of a field', 'return json.encodes({})', /misspelt/],
  ['nil call of a method', 'local s = "x"\n  return s:nosuch()', /misspelt/],
  ['call of a table', 'local f = {}\n  f()', /Only functions can be called/],
  ['bad argument of a library function', 'return math.floor("x")', /wrong type/],
  ['bad argument of a module', 'return strings.trim(nil)', /wrong type/],
  ['bad argument by value', 'return random.int(5, 1)', /a value that the function does not take/],
  ['arithmetic on nil', 'local v\n  return v + 1', /Arithmetic needs numbers/],
  ['arithmetic on text', 'return "a" * 2', /Arithmetic needs numbers/],
  ['arithmetic on a table', 'return -{}', /Arithmetic needs numbers/],
  ['bits of text', 'return 1 & "a"', /Arithmetic needs numbers/],
  ['concatenation', 'return "a" .. nil', /joined with \.\./],
  ['concatenation of a table', 'local v = {}\n  return "a" .. v', /joined with \.\./],
  ['comparison', 'return 1 < "2"', /same type/],
  ['comparison of tables', 'return {} < {}', /same type/],
  ['comparison with nil', 'local v\n  return v > 1', /same type/],
  ['length of nil', 'return #nil', /have a length/],
  ['for loop', 'for i = "a", 2 do end', /for loop must be numbers/],
  ['nil key', 'local t = {}\n  t[nil] = 1', /cannot be the key/],
  ['NaN key', 'local t = {}\n  t[0/0] = 1', /cannot be the key/],
  ['pattern', 'return ("x"):find("[")', /Lua patterns/],
  ['yield outside', 'coroutine.yield()', /coroutine\.create/],
  ['bad return', 'return 5', /Return a table/],
  ['index 0', 'local list = { {} }\n  return list[0].x', /begin at 1/],
  ['null', 'return null.x', /called nil/],
  ['console.log', 'console.log("x")', /log\.info/],
  ['os.getenv', 'return os.getenv("X")', /env\.get/],
  ['io', 'return io.open("x")', /no access to files/],
  ['require', 'return require("json")', /global already/],
  ['a dot for a colon', 'local name = "x"\n  return name.upper()', /name:upper\(\)/],
  ['unexpected symbol', 'local x = = 2', /comma, quote or bracket|Check the syntax/],
  ['missing bracket', 'local x = (1 + 2\n  return x', /Lua cannot read|Check the syntax/],
  ['missing end', 'if true then\n    return {}', /matching end/],
  ['missing then', 'if true\n    return {}\n  end', /then/],
  ['missing do', 'while true\n    break\n  end', /do/],
  ['!=', 'if 1 != 2 then end', /~=/],
  ['===', 'if 1 === 2 then end', /==/],
  ['+=', 'local x = 1\n  x += 1', /x = x \+ 1/],
  ['++', 'local i = 1\n  i++', /i = i \+ 1/],
  ['&&', 'if true && false then end', /and/],
  ['||', 'if true || false then end', /or/],
  ['!', 'if !true then end', /not/],
  ['else if', 'if true then\n  else if false then\n  end', /elseif/],
  ['let', 'let x = 1', /local/],
  ['//', '// a comment', /--/],
  ['arrow', 'local f = (x) => x', /arrow/],
  ['ternary', 'local x = true ? 1 : 2', /and a or b/],
  ['= in a condition', 'if x = 1 then end', /==/],
  ['continue', 'for i = 1, 3 do\n    continue\n  end', /goto continue/],
  ['strings.repeat', 'return strings.repeat("a", 3)', /strings\["repeat"\]/],
  ['missing comma', 'return { a = 1 b = 2 }', /commas/],
  ['open text', 'local x = "abc\n  return x', /not closed/],
  ['break outside', 'break', /inside a for, while or repeat/],
  ['backtick', 'local x = `abc`', /quotes texts/]
]

t.test('for the real words of the engine there is fitting advice', async t => {
  const { run } = await startRig(t, { modules: localModules })
  for (const [name, body, tip] of failing) {
    const code = `function handler(ctx, event)\n  ${body}\nend\n`
    const { fault } = await run(code, { fn: 'failing' })
    const text = fault === undefined ? 'no fault' : errorText(fault, code)
    t.match(/\[TIP\] (.*)/.exec(text)?.[1] ?? text, tip, name)
    if (fault?.kind !== 'bad-return') t.match(text, /^Error(?: at line \d+)?: .*\S\n/, name)
  }
})

t.test(
  'advice about the whole code: a local function below its caller, no handler, a loop without end',
  async t => {
    const [{ run }, hasty] = [
      await startRig(t, { modules: localModules }),
      await startRig(t, { modules: localModules, timeoutMs: 500 })
    ]
    const textOf = async (code: string, by = run) => {
      const { fault } = await by(code, { fn: 'whole' })
      return errorText(fault as Fault, code)
    }
    t.match(
      await textOf('function handler()\n  return add(1)\nend\nlocal function add (n) return n end'),
      /\[TIP\] 'add' is a local function, defined in line 4/
    )
    t.match(
      await textOf('local x = 1'),
      /^Error: handler function not found in Lua code\n\n\[TIP\] Define a global function/
    )
    t.match(await textOf('local function handler() return {} end'), /must not be local/)
    t.match(
      await textOf('function handler() while true do end end', hasty.run),
      /^Error: .*\n\n\[TIP\] The function ran longer/
    )
  }
)

t.test('a run that wants too much memory is told so', async t => {
  const { run } = await startRig(t, {
    settings: { EXECUTION_TIMEOUT: '60', SANDBOX_MEMORY_MB: '64' }
  })
  const code =
    'local t = {} function handler() while true do t[#t + 1] = ("x"):rep(100000) .. #t end end'
  const { fault } = await run(code)
  t.match(
    errorText(fault as Fault, code),
    /^Error(?: at line 1)?: .*not enough memory[^]*\[TIP\] The function used more memory/
  )
})

t.test('a run-time error carries its traceback below the message', async t => {
  const { run } = await startRig(t)
  const code = 'local function deep()\n  error("my words")\nend\nfunction handler()\n  deep()\nend'
  const { fault } = await run(code)
  t.match(
    errorText(fault as Fault, code),
    /^Error at line 2: [^\n]*my words\nstack traceback:\n[^]*deep[^]*handler[^]*\n\n\[CODE\]\n/
  )
})

t.test('a syntax error has its column marked', async t => {
  const { run } = await startRig(t)
  const code = 'function handler()\n  local x = = 2\nend'
  const { fault } = await run(code)
  t.match(
    errorText(fault as Fault, code),
    '>   2 |   local x = = 2\n                    ^\n    3 | end'
  )
})

t.test('no advice is about a name that Lua has here', async t => {
  const { body } = await startRig(t, { modules: localModules })
  const names = Object.keys(missingNameAdvice)
  const code = `local libraries = { _G, string, table, math, os, coroutine, utf8, bit32 }
    function handler()
      local found = {}
      for _, name in ipairs({ ${names.map(name => `"${name}"`).join(', ')} }) do
        for _, library in ipairs(libraries) do
          if rawget(library, name) ~= nil then found[#found + 1] = name end
        end
      end
      return { body = table.concat(found, ", ") }
    end`
  // string.len and utf8.len are there; the advice is for `len` as a global, and as a field of other values.
  t.equal(await body(code), 'len, len')
})
