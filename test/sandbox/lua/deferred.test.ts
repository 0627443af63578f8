/** Tables that are made when something looks into them: Lua cannot tell them from those that were made at once. */
import t from 'tap'
import { Deferred, Fields, WithMethods, testEngine } from './load.js'
import type { Fields as FieldsOf, LuaTable, ToLua } from '../../../sandbox/lua/api.js'

const names = ['method', 'path', '__index', '__name', 'n']
const record = (): FieldsOf => new Fields(names, ['GET', '/p', 'text', 'Event', 3])
const methods = { hello: () => 'hello' }

/** What each body gives is a list; every one of them is the first to look into `event`. */
const looks: readonly string[] = [
  'return event.method, event.absent, event.n + 1',
  'local key = "path" return event[key], event[1], event[true], event[0.5], event[event]',
  'return next(event)',
  'return next(event, "path")',
  'return pcall(next, event, "absent")',
  'return pcall(next, event, 1)',
  'local l = {} for k, v in pairs(event) do l[#l + 1] = k l[#l + 1] = v end return table.unpack(l)',
  'local l = {} for k, v in next, event do l[#l + 1] = k l[#l + 1] = v end return table.unpack(l)',
  'for i, v in ipairs(event) do return i, v end return #event, rawlen(event)',
  'return rawget(event, "n"), rawget(event, "absent"), rawequal(event, event)',
  'event.n = 4 event.new = 5 return event.n, event.new, event.path',
  'event.n = nil return event.n, event.path, next(event)',
  'rawset(event, "n", 4) rawset(event, 1, "one") return event.n, event[1], #event, event.path',
  'local key = "new" event[key] = 1 event[2] = 2 event[true] = 3 return event.new, event[2], event[true], event.path',
  'event[1] = "a" table.insert(event, "b") return #event, event[2], event.path, next(event)',
  'for k in pairs(event) do event[k] = nil end return next(event)',
  'table.insert(event, "a") event.n = nil for k, v in pairs(event) do return k, v, event.path end',
  'return setmetatable(event, { __index = function(_, k) return k .. "!" end }).absent, event.path',
  'return setmetatable({}, { __index = event }).path, setmetatable({}, { __index = event }).absent',
  'local t = setmetatable({}, { __index = setmetatable({}, { __index = event }) }) return t.path, t["n"], t.absent',
  'return type(setmetatable({}, event).len), tostring(setmetatable({}, event)):match("^%a+")',
  'local t = setmetatable({}, { __newindex = event }) t.n = 9 return rawget(t, "n"), event.n, event.path',
  'local l, all = {}, { { path = 1 }, event, { n = 2 }, event, {} } ' +
    'for _, t in ipairs(all) do l[#l + 1] = tostring(t.path) end return table.unpack(l)',
  'local l = {} for _, t in ipairs({ {}, event, {}, event }) do ' +
    't.path = (t.path or "") .. "x" l[#l + 1] = t.path end return table.unpack(l)',
  'return select("#", table.unpack(event, 1, 2)), pcall(table.concat, event)',
  'local co = coroutine.wrap(function(e) coroutine.yield(e.path) end) return co(event)',
  'return pcall(function() return event.absent.field end)',
  'return pcall(function() return event + 1 end)',
  'local other = { path = 0 } local function path(t) return t.path end ' +
    'return path(other), path(event), path(other), path(event)'
]

t.test('whatever looks first finds what a table that was made at once has', async t => {
  const lua = testEngine()
  const events: ReadonlyArray<(table: ToLua) => ToLua> = [
    table => table,
    table => new WithMethods(table, methods),
    table => ({ inner: table })
  ]
  for (const [i, wrap] of events.entries()) {
    for (const look of looks) {
      const body = i === 2 ? `local event = event.inner ${look}` : look
      const expected = lua.values(body, wrap(record()))
      t.same(lua.values(body, wrap(new Deferred(record))), expected, body)
    }
  }
  const [method] = lua.values(
    'return event:hello()',
    new WithMethods(new Deferred(record), methods)
  )
  t.equal(method, 'hello')
})

t.test('tables in one are made when something looks into them', async t => {
  const lua = testEngine()
  const made: string[] = []
  const noted = (name: string, fields: FieldsOf) =>
    new Deferred(() => {
      made.push(name)
      return fields
    })
  const event = () =>
    noted('event', new Fields(['headers', 'n'], [noted('headers', new Fields(['a'], ['b'])), 1]))
  lua.values(
    'local e = event return type(e), #e, e == event, #{ e }, (function(x) end)(e)',
    event()
  )
  t.same(made, [])
  t.same(lua.values('return event.n, event.n', event()), [1, 1])
  t.same(made.splice(0), ['event'])
  t.same(lua.values('return event.headers.a, event.headers.a, event.n', event()), ['b', 'b', 1])
  t.same(made, ['event', 'headers'])
})

t.test('what does not fit into the memory of the run is its fault, once it looks', async t => {
  const { engine } = testEngine()
  const many = () => {
    const texts = Array.from({ length: 100_000 }, (_, i) => `field ${i}`)
    return new Deferred(() => new Fields(texts, texts.slice()))
  }
  const run = (body: string) =>
    engine.run(engine.prepare(`function handler(ctx, event) ${body} end`, 'f'), {}, many(), 65_536)
  t.equal(run('return { body = type(event) }').get('body'), 'table')
  t.match(
    t.throws(() => run('return { body = event.x }')),
    { info: { kind: 'memory' } }
  )
  t.equal(
    run('return { body = select(2, pcall(function() return event.x end)) }').get('body'),
    'not enough memory'
  )
  const readBy = (body: string, read: (result: LuaTable) => unknown) => () => {
    const code = `function handler(ctx, event) ${body} end`
    engine.runWith(engine.prepare(code, 'f'), {}, many(), 65_536, read)
  }
  const memory = { info: { kind: 'memory', message: 'not enough memory' } }
  const headers = (result: LuaTable) => [...(result.get('headers') as LuaTable).entries()]
  t.match(t.throws(readBy('return { headers = event }', headers)), memory, 'what was returned')
  t.match(t.throws(readBy('error(event)', () => {})), memory, 'what was raised')
})
