import t from 'tap'
import { moduleProblems } from '../../../core/lua/check-module.js'
import { host, local, luaModule, param } from '../../../core/lua/module.js'
import {
  Fields,
  Func,
  List,
  Nil,
  Optional,
  Text,
  Union,
  Num,
  field
} from '../../../core/lua/types/declare.js'

const fine = host({
  doc: 'Does something.',
  params: [param('a', Text(), 'One.'), param('b', Optional(List(Union(Text(), Num()))), 'Two.')],
  returns: Fields({ x: field(Text(), 'It.') }),
  example: 'm.f("a")',
  run: () => ({ x: '' })
})
const module = (functions: object, rest: object = {}) =>
  ({ name: 'm', doc: 'A module.', functions, ...rest }) as never

t.test('a whole declaration has no problems', async t => {
  t.same(moduleProblems(luaModule('m', { doc: 'A module.', functions: { f: fine } })), [])
  t.same(
    moduleProblems(
      luaModule('m', {
        doc: 'A module.',
        functions: { f: local({ doc: 'x', params: [], returns: Nil, example: 'm.f()' }) },
        source: 'return {}'
      })
    ),
    []
  )
})

t.test('each gap is named with module and function', async t => {
  for (const [declared, problem] of [
    [null, 'a Lua module must be made with luaModule(name, { … })'],
    [{ name: 'm', doc: 'x' }, 'm has no functions'],
    [module({}, { doc: ' ' }), 'm has no doc'],
    [module({}, { source: 1 }), 'm: its source is no text'],
    [module({ f: () => 1 }), 'm.f must be made with host({ … })'],
    [
      module({ f: { ...fine, place: 'local' } }),
      'm.f must be made with host({ … }), or with local({ … }) in a module that has a Lua source'
    ],
    [module({ f: { ...fine, run: undefined } }), 'm.f has no run'],
    [
      module({ f: { ...fine, params: [param('a', Optional(List(Func([]))), 'x')] } }),
      "m.f: parameter 'a' is or holds a function, which stays in the sandbox"
    ],
    [module({ f: { ...fine, doc: '' } }), 'm.f has no doc'],
    [module({ f: { ...fine, example: undefined } }), 'm.f has no example'],
    [module({ f: { ...fine, returns: undefined } }), 'm.f: what it returns has no type'],
    [module({ f: { ...fine, returns: { kind: 'list' } } }), 'm.f: what it returns has no type'],
    [
      module({ f: { ...fine, returns: { kind: 'record', fields: { a: 'text' } } } }),
      'm.f: what it returns has no type'
    ],
    [module({ f: { ...fine, params: undefined } }), 'm.f has no list of params'],
    [
      module({ f: { ...fine, params: ['a'] } }),
      'm.f: parameter #1 needs a name, a type and a doc; use param(name, type, doc)'
    ],
    [
      module({
        f: { ...fine, params: [param('a', Optional(Text()), 'x'), param('b', Text(), 'x')] }
      }),
      "m.f: the parameter 'b' is needed, but the one before it is optional"
    ]
  ] as const) {
    t.match(moduleProblems(declared as never), [problem], problem)
  }
})
