import t from 'tap'
import { LuaRaise, Results, WithMethods, testEngine, toPlain } from './load.js'
import type { LuaTable, LuaValue, ToLua } from '../../../sandbox/lua/api.js'

t.test('arguments arrive as given, results of every kind come back', async t => {
  let seen: LuaValue[] = []
  const lua = testEngine({
    libraries: [
      {
        name: 'lib',
        functions: {
          see: (...args) => {
            seen = args
            return undefined
          },
          list: () => [1, 'two', [3, undefined, 5]],
          object: () => ({ a: 1, nested: { b: [true] }, nothing: undefined }),
          map: () =>
            new Map<string | number, ToLua>([
              ['k', 1],
              [2, 'v']
            ]),
          several: () => new Results([1, undefined, 'x']),
          none: () => new Results([]),
          nothing: () => undefined
        }
      }
    ]
  })
  lua.values('lib.see() return 1')
  t.equal(seen.length, 0)
  lua.values('lib.see(nil, 1, "s", true, {}, print, nil) return 1')
  t.strictSame(
    seen.map(value => (typeof value === 'object' ? value.type : value)),
    [undefined, 1, 's', true, 'table', 'function', undefined]
  )
  t.strictSame(lua.values('local l = lib.list() return #l, l[2], l[3][1], l[3][3]'), [
    3,
    'two',
    3,
    5
  ])
  t.strictSame(
    lua.values(
      'local o = lib.object() return o.a, o.nested.b[1], o.nothing, lib.map().k, lib.map()[2]'
    ),
    [1, true, undefined, 1, 'v']
  )
  t.strictSame(lua.values('return select("#", lib.several()), select(3, lib.several())'), [3, 'x'])
  t.strictSame(lua.values('return select("#", lib.none()), select("#", lib.nothing())'), [0, 1])
})

t.test('a LuaRaise is a Lua error with the position of its caller', async t => {
  const lua = testEngine({
    libraries: [
      {
        name: 'lib',
        functions: {
          fail: () => {
            throw new LuaRaise("bad argument #1 to 'lib.fail'")
          }
        }
      }
    ]
  })
  t.strictSame(lua.values('local ok, e = pcall(function()\nlib.fail() end) return ok, e'), [
    false,
    "fn:3: bad argument #1 to 'lib.fail'"
  ])
  t.match(lua.fault('function handler() lib.fail() end'), {
    kind: 'runtime',
    message: "fn:1: bad argument #1 to 'lib.fail'",
    line: 1
  })
})

t.test('any other error of JavaScript says nothing of JavaScript to Lua', async t => {
  const boom = new TypeError('secret detail')
  const lua = testEngine({
    libraries: [
      {
        name: 'lib',
        functions: {
          boom: () => {
            throw boom
          },
          text: () => {
            throw 'text'
          }
        }
      }
    ]
  })
  t.strictSame(lua.values('return pcall(lib.boom)'), [false, "internal error in 'lib.boom'"])
  t.strictSame(lua.values('return pcall(lib.text)'), [false, "internal error in 'lib.text'"])
  t.match(
    lua.fault('function handler() lib.boom() end').message,
    "fn:1: internal error in 'lib.boom'"
  )
  t.strictSame(lua.internalErrors, [
    ['lib.boom', boom],
    ['lib.text', 'text'],
    ['lib.boom', boom]
  ])
})

t.test('tables are handles that read and write raw', async t => {
  let kept: LuaTable | undefined
  const lua = testEngine({
    libraries: [
      {
        name: 'lib',
        functions: {
          keep: table => {
            kept = table as LuaTable
            kept.set('added', 1)
            return undefined
          }
        }
      }
    ]
  })
  t.strictSame(
    lua.values(
      'local t = setmetatable({ 1, 2, x = "y" }, { __index = function() return "meta" end, __len = function() return 99 end }) lib.keep(t) t.self = t return rawget(t, "added")'
    ),
    [1]
  )
  t.strictSame(
    [kept?.get(1), kept?.get('x'), kept?.get('missing'), kept?.length()],
    [1, 'y', undefined, 2]
  )
  t.strictSame(
    [...(kept?.entries() ?? [])].map(([key]) => key),
    [1, 2, 'x', 'added', 'self']
  )
  t.equal((kept?.get('self') as LuaTable).identity(), kept?.identity())
})

t.test('events nest, share nothing and keep bytes', async t => {
  const lua = testEngine()
  const event = { body: '\xff\0\x80', headers: new Map([['A', 'b']]), query: {}, list: [{ x: 1 }] }
  t.strictSame(
    toPlain(
      lua.run(
        'function handler(ctx, event) return { #event.body, event.body, event.headers.A, event.list[1].x, next(event.query) == nil } end',
        {},
        event
      )
    ),
    [3, '\xff\0\x80', 'b', 1, true]
  )
})

t.test(
  'a table with methods offers them, and hides them from raw access and traversal',
  async t => {
    const methods = {
      header: (self: LuaValue, name: LuaValue) =>
        ((self as LuaTable).get('headers') as LuaTable).get(String(name).toUpperCase())
    }
    const lua = testEngine()
    const event = new WithMethods({ headers: { ACCEPT: 'x' }, method: 'GET' }, methods)
    t.strictSame(
      lua.values('return event:header("accept"), event.method, rawget(event, "header")', event),
      ['x', 'GET', undefined]
    )
    t.strictSame(
      lua.values('local n = 0 for k in pairs(event) do n = n + 1 end return n', event),
      [2]
    )
    lua.run(
      'function handler(ctx, event) getmetatable(event).__index.header = nil return {} end',
      {},
      event
    )
    t.strictSame(
      lua.values('return event:header("accept")', event),
      ['x'],
      'a run that breaks them breaks only its own'
    )
  }
)

t.test('values of any depth come across', async t => {
  let deep: ToLua = []
  for (let i = 0; i < 100000; i++) deep = [deep]
  const value = deep
  const lua = testEngine({ libraries: [{ name: 'lib', functions: { deep: () => value } }] })
  t.strictSame(
    lua.values('local v, n = lib.deep(), 0 while v[1] do v, n = v[1], n + 1 end return n'),
    [100000]
  )
})

t.test('print joins with tabs and asks __tostring', async t => {
  const lua = testEngine()
  lua.values(
    'print(1, nil, "a", setmetatable({}, { __tostring = function() return "T" end })) print() return 1'
  )
  t.strictSame(lua.printed, ['1\tnil\ta\tT', ''])
})
