import t from 'tap'
import { localModules } from '../../../plugins/lua/builtin.js'
import { startRig } from '../../sandbox/rig.js'

/** Calls that ask for more than there is. Each must give a value, nil and a message, or a Lua error. */
const greedy: ReadonlyArray<readonly [string, string]> = [
  ['a text repeated for ever', 'strings["repeat"]("abc", 1e15)'],
  ['a text repeated to the bound', '#strings["repeat"]("abc", 1e7)'],
  [
    'a replacement that explodes',
    'strings.replace(string.rep("a", 1e6), "a", string.rep("b", 1e6))'
  ],
  [
    'a replacement between all characters',
    '#strings.replace(string.rep("a", 1e6), "", "0123456789")'
  ],
  ['a text of many characters', '#strings.split(string.rep("é", 3e6), "")'],
  ['a text of many parts', '#strings.split(string.rep(",", 5e6), ",")'],
  ['a million parts', '#strings.split(string.rep(",", 999998), ",")'],
  [
    'a list joined',
    '(function() local s, l = string.rep("x", 1e6), {} for i = 1, 1000 do l[i] = s end return strings.join(l, s) end)()'
  ],
  [
    'a hundred thousand numbers in JSON',
    '(function() local l = {} for i = 1, 1e5 do l[i] = i end return #json.encode(l) end)()'
  ],
  [
    'a table held many times over',
    '(function() local l = { "boom" } for i = 1, 60 do l = { l, l } end return json.encode(l) end)()'
  ],
  ['a list with one far index', 'json.encode({ [1e9] = 1 })'],
  [
    'a table nested 10,000 deep',
    '(function() local l = {} for i = 2, 10000 do l = { l } end return #json.encode(l) end)()'
  ],
  [
    'a table nested a hundred thousand deep',
    '(function() local l = {} for i = 1, 1e5 do l = { l } end return json.encode(l) end)()'
  ],
  [
    'a table that contains itself',
    '(function() local l = {} l[1] = l return json.encode(l) end)()'
  ],
  [
    'JSON nested 10,000 deep',
    '(function() local v, n = json.decode(string.rep("[", 10000) .. string.rep("]", 10000)), 0 while v do v, n = v[1], n + 1 end return n end)()'
  ],
  [
    'JSON objects nested 10,000 deep',
    '(function() local v, n = json.decode(string.rep(\'{"a":\', 9999) .. "{}" .. string.rep("}", 9999)), 0 while v do v, n = v.a, n + 1 end return n end)()'
  ],
  ['JSON nested a million deep', 'json.decode(string.rep("[", 1e6))'],
  ['JSON of many empty lists', '#json.decode("[" .. string.rep("[],", 1e5) .. "[]]")'],
  ['random text without an end', 'random.string(1e12)'],
  ['random text up to the bound', '#random.string(1e6)'],
  ['random bytes without an end', 'random.hex(1e12)'],
  ['a digest of much', 'crypto.sha256(string.rep("x", 2e7))'],
  ['base64 of much', '#base64.encode(string.rep("x", 1e7))'],
  ['a URL of a million pairs', 'url.parse("?" .. string.rep("a=1&", 1e6)) ~= nil'],
  [
    'a path filled to the brim',
    'router.path(string.rep("/:a", 1e5), { a = string.rep("x", 1e5) })'
  ],
  ['a layout of a megabyte', '#time.format(0, string.rep("January ", 1e5))'],
  [
    'a native function below a deep stack',
    '(function() local function f(n) if n == 0 then return json.encode({ { { 1 } } }) end return (f(n - 1)) end return f(5000) end)()'
  ]
]

t.test('whatever is asked of a local function, the sandbox lives on', async t => {
  const { run, errors } = await startRig(t, {
    modules: localModules,
    settings: { EXECUTION_TIMEOUT: '60' }
  })
  for (const [name, expression] of greedy) {
    const begin = Date.now()
    const { answer, fault } = await run(
      `function handler()
      local ok, value, message = pcall(function() return ${expression} end)
      local again = json.encode({ 1 }) == "[1]"
      return { body = tostring(ok) .. " " .. tostring(value):sub(1, 200) .. " " .. tostring(message):sub(1, 200) .. " " .. tostring(again) }
    end`,
      { fn: 'greedy' }
    )
    const text =
      answer === undefined
        ? `${fault?.kind}: ${fault?.message}`
        : Buffer.from(answer.body).toString()
    t.match(text, /^(true|false) [^]* true$/, name)
    t.notMatch(text, /internal error|RangeError|Infinity|undefined/, name)
    t.comment(`${Date.now() - begin} ms, ${name}: ${text}`)
  }
  t.same(errors, [])
})
