import t from 'tap'
import { callName, signatureText } from '../../../core/lua/signature.js'
import { typeText } from '../../../core/lua/types/declared.js'
import {
  Any,
  Bool,
  Bytes,
  Dict,
  field,
  Fields,
  Int,
  List,
  Nil,
  Num,
  Optional,
  Text,
  Union
} from '../../../core/lua/types/declare.js'
import { host, local, param } from '../../../core/lua/module.js'

t.test('types are written as LuaLS writes them', async t => {
  t.equal(typeText(Text()), 'string')
  t.equal(typeText(Bytes({ max: 5 })), 'string')
  t.equal(typeText(Text({ oneOf: ['a', 'b'] })), '"a" | "b"')
  t.equal(typeText(Num()), 'number')
  t.equal(typeText(Int()), 'integer')
  t.equal(typeText(Bool), 'boolean')
  t.equal(typeText(Any), 'any')
  t.equal(typeText(List(Text())), 'string[]')
  t.equal(typeText(List(Union(Text(), Num()))), '(string | number)[]')
  t.equal(typeText(Dict(Int())), 'table<string, integer>')
  t.equal(
    typeText(Fields({ a: field(Text(), ''), b: field(Optional(Int()), '') })),
    '{ a: string, b?: integer }'
  )
  t.equal(typeText(Fields({ a: field(Text(), '') }, 'Named')), 'Named')
  t.equal(typeText(Optional(Text())), 'string | nil')
})

t.test('alternatives are named once, and any only alone', async t => {
  t.equal(typeText(Union(Text(), Bytes(), Num())), 'string | number')
  t.equal(typeText(Union(Text(), Any)), 'string')
  t.equal(typeText(Union(Any, Any)), 'any')
})

t.test('signatures', async t => {
  const doc = { doc: '', example: '' }
  t.equal(signatureText('m', 'f', local({ ...doc, params: [], returns: Nil })), 'm.f()')
  t.equal(
    signatureText(
      'kv',
      'get',
      host({
        ...doc,
        params: [param('key', Bytes(), '')],
        returns: Optional(Bytes()),
        run: () => undefined
      })
    ),
    'kv.get(key: string): string | nil'
  )
  t.equal(
    signatureText(
      'm',
      'f',
      local({
        ...doc,
        params: [param('a', Any, ''), param('b', Optional(Int()), '')],
        returns: Any,
        fails: true
      })
    ),
    'm.f(a: any, b?: integer): any | nil, err'
  )
  t.equal(
    signatureText('strings', 'repeat', local({ ...doc, params: [], returns: Text() })),
    'strings["repeat"](): string'
  )
})

t.test('a name that is a word of the language is written with brackets', async t => {
  t.equal(callName('a', 'end'), 'a["end"]')
  t.equal(callName('a', 'ends'), 'a.ends')
})
