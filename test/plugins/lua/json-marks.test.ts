import t from 'tap'
import { luaRows, startLua } from './support/lua-checks.js'

t.test('what was decoded is encoded as it was, empty lists and null included', async t => {
  const texts = [
    '{"a":[],"b":null,"c":{}}',
    '[]',
    '{}',
    '[null]',
    '[1,null]',
    '[null,null,1,null,null]',
    '[[],[[]],{"x":[]}]',
    '{"a":{"b":[null,{"c":null}]}}',
    '{"a":null}',
    '"x"',
    'null'
  ]
  await luaRows(
    t,
    await startLua(t),
    texts.map(text => [`json.encode(json.decode('${text}'))`, text])
  )
})

t.test('marks are not seen by plain use', async t => {
  await luaRows(t, await startLua(t), [
    [`json.decode('{"a":null}').a`, 'nil'],
    [`next(json.decode('{"a":null}'))`, 'nil'],
    [`#json.decode('[1,null]')`, '1'],
    [`getmetatable(json.decode('[]'))`, 'nil'],
    [`json.encode({})`, '{}'],
    [`json.decode('null')`, 'nil']
  ])
})

t.test('a decoded table that is changed is encoded as it is now', async t => {
  await luaRows(
    t,
    await startLua(t),
    [
      [`change('[]', 'a', 1)`, '{"a":1}'],
      [`change('[]', 1, "x")`, '["x"]'],
      [`change('[1,null]', 2, 2)`, '[1,2]'],
      [`change('[1,2,null]', 2, nil)`, '[1]'],
      [`change('{"a":null}', 'a', 1)`, '{"a":1}'],
      [`change('{"a":1,"a":null}', 'b', 2)`, '{"a":null,"b":2}'],
      [`change('{"a":null,"a":1}', 'a', nil)`, '{}']
    ],
    `local function change(text, key, value)
      local t = json.decode(text)
      t[key] = value
      return json.encode(t)
    end`
  )
})

t.test('json.null is a value of its own', async t => {
  await luaRows(t, await startLua(t), [
    [`json.encode({ a = json.null, 1 })`, '{"a":null}'],
    [`json.encode({ json.null, json.null })`, '[null,null]'],
    [`json.encode(json.null)`, 'null'],
    [`json.null == json.null, json.null == nil`, 'true|false'],
    [`json.decode('{"a":null}', { null = true }).a == json.null`, 'true'],
    [`json.decode('null', { null = true }) == json.null`, 'true'],
    [`json.decode('[null]', { null = true })[1] == json.null`, 'true'],
    [
      `json.encode(json.decode('{"a":null,"b":[null,[]]}', { null = true }))`,
      '{"a":null,"b":[null,[]]}'
    ],
    [`json.decode('{"a":null}', { null = false }).a`, 'nil'],
    [`pcall(function() json.null.x = 1 end)`, /^false\|.*index/]
  ])
})

t.test('json.array makes a list of any table without names', async t => {
  await luaRows(t, await startLua(t), [
    [`json.encode(json.array())`, '[]'],
    [`json.encode(json.array({}))`, '[]'],
    [`json.encode({ list = json.array({ 1, 2 }) })`, '{"list":[1,2]}'],
    [`(function() local t = {}; return json.array(t) == t end)()`, 'true'],
    [`json.array({ x = 1 })`, /^!.*bad argument #1 to 'json\.array'.*"x"/],
    [`json.array("x")`, /^!.*bad argument #1 to 'json\.array' \(table expected, got string\)/]
  ])
})

t.test('json.encode indents, and leaves keys unsorted where asked', async t => {
  await luaRows(t, await startLua(t), [
    [
      `json.encode({ a = { 1, { b = true } }, e = {}, l = json.array() }, { indent = 2 })`,
      '{\n  "a": [\n    1,\n    {\n      "b": true\n    }\n  ],\n  "e": {},\n  "l": []\n}'
    ],
    [`json.encode({ 1 }, { indent = true })`, '[\n  1\n]'],
    [`json.encode({ 1 }, { indent = "\\t" })`, '[\n\t1\n]'],
    [`json.encode({ 1 }, { indent = 0 })`, '[1]'],
    [`json.encode({ 1 }, { indent = false })`, '[1]'],
    [`json.encode({ b = 1, a = 2 }, { sort = true })`, '{"a":2,"b":1}'],
    [`json.encode({ b = 1, a = 2 }, { sort = false })`, '{"b":1,"a":2}'],
    [`json.encode({ 1 }, { indent = "x" })`, /^!.*bad argument #2 to 'json\.encode'/],
    [`json.encode({ 1 }, { indent = -1 })`, /^!.*bad argument #2 to 'json\.encode'/],
    [`json.encode({ 1 }, { indent = 1e9 })`, /^!.*bad argument #2 to 'json\.encode'/],
    [`json.encode({ 1 }, { sort = 1 })`, /^!.*bad argument #2 to 'json\.encode'/],
    [`json.encode({ 1 }, 5)`, /^!.*bad argument #2 to 'json\.encode'/],
    [`json.decode("1", 5)`, /^!.*bad argument #2 to 'json\.decode'/]
  ])
})

t.test('what one run does to json.null and marks is not seen by the next', async t => {
  const rig = await startLua(t)
  const code = `function handler()
    local seen = tostring(json.mark)
    json.mark = 1
    json.null = nil
    return { body = seen .. json.encode(json.decode("[]")) }
  end`
  t.equal(await rig.body(code), 'nil[]')
  t.equal(await rig.body(code), 'nil[]')
  t.equal(
    await rig.body(`function handler() return { body = tostring(json.null ~= nil) } end`),
    'true'
  )
})
