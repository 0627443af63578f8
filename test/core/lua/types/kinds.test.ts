import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { compileCheck } from '../../../../core/lua/types/check.js'
import { compileDecode, compileEncode } from '../../../../core/lua/types/codec.js'
import {
  Any,
  Bool,
  Bytes,
  Dict,
  Fields,
  Func,
  Int,
  List,
  Nil,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../../core/lua/types/declare.js'
import { isType, partsOf, typeText, withoutDocs } from '../../../../core/lua/types/declared.js'
import { unfit, type LuaType } from '../../../../core/lua/types/kind.js'
import * as kinds from '../../../../core/lua/types/kinds.js'
import { TypeMismatch, type GivenValue } from '../../../../core/lua/types/mismatch.js'
import { WrongResult } from '../../../../core/lua/types/wrong-result.js'

const FOLDER = 'core/lua/types'

/** A table of Lua, as the sandbox hands it over. */
function table(entries: Array<[GivenValue, GivenValue]>, length = 0): GivenValue {
  const map = new Map(entries)
  const given = {
    type: 'table' as const,
    get: (key: GivenValue) => map.get(key),
    length: () => length,
    entries: () => map.entries(),
    identity: () => given
  }
  return given
}

interface Sample {
  readonly type: LuaType
  readonly lua: GivenValue
  /** Left out: no value of the kind crosses. */
  readonly wire?: unknown
  readonly value?: unknown
  readonly text: string
  readonly parts?: number
  /** Values of Lua, of the wire and of a host function that are of another type. */
  readonly wrong?: readonly [lua: GivenValue, wire: unknown, value: unknown]
}

const list = table([[1, 'a'], [2, 'b']], 2) // prettier-ignore
const samples: { readonly [K in keyof typeof kinds]: Sample } = {
  text: {
    type: Text(),
    lua: '\xc3\xa4',
    wire: Buffer.from('ä'),
    value: 'ä',
    text: 'string',
    wrong: [true, 1, 1]
  },
  bytes: {
    type: Bytes({ max: 3 }),
    lua: '\xff',
    wire: Buffer.from([255]),
    value: Buffer.from([255]),
    text: 'string',
    wrong: ['long', 'long', 'text']
  },
  number: {
    type: Num({ max: 2 }),
    lua: 1.5,
    wire: 1.5,
    value: 1.5,
    text: 'number',
    wrong: [3, 3, '1']
  },
  integer: { type: Int(), lua: 7, wire: 7, value: 7, text: 'integer', wrong: ['7', 1.5, 1.5] },
  boolean: {
    type: Bool,
    lua: false,
    wire: false,
    value: false,
    text: 'boolean',
    wrong: [undefined, null, 0]
  },
  nil: {
    type: Nil,
    lua: undefined,
    wire: null,
    value: undefined,
    text: 'nil',
    wrong: [false, 0, 0]
  },
  any: { type: Any, lua: list, wire: ['a', 'b'], value: ['a', 'b'], text: 'any' },
  list: {
    type: List(Text()),
    lua: list,
    wire: ['a', 'b'],
    value: ['a', 'b'],
    text: 'string[]',
    parts: 1,
    wrong: [1, [1], [1]]
  },
  map: {
    type: Dict(Num()),
    lua: table([['x', 1]]),
    wire: new Map([['x', 1]]),
    value: { __proto__: null, x: 1 },
    text: 'table<string, number>',
    parts: 1,
    wrong: [table([['x', 'y']]), { x: 1 }, { x: 'y' }]
  },
  record: {
    type: Fields({ a: field(Text(), 'A.'), b: field(Optional(Num()), 'B.') }),
    lua: table([['a', 'x']]),
    wire: new Map([['a', 'x']]),
    value: { a: 'x', b: undefined },
    text: '{ a: string, b?: number }',
    parts: 2,
    wrong: [table([]), new Map(), {}]
  },
  union: {
    type: Union(Bool, Text()),
    lua: 'x',
    wire: 'x',
    value: 'x',
    text: 'boolean | string',
    parts: 2,
    wrong: [list, [], 1]
  },
  callback: {
    type: Func([['name', Text()], ['more', Optional(Num())]], Bool), // prettier-ignore
    lua: { type: 'function' },
    text: 'fun(name: string, more?: number): boolean',
    parts: 3,
    wrong: [list, { type: 'function' }, () => {}]
  },
  optional: {
    type: Optional(Num()),
    lua: 2,
    wire: 2,
    value: 2,
    text: 'number | nil',
    parts: 1,
    wrong: ['x', 'x', 'x']
  }
}

t.test('every file of a kind is in the list, and every kind has all its parts', async t => {
  const files = await readdir(FOLDER)
  const ofKinds: string[] = []
  for (const file of files) {
    const source = await readFile(`${FOLDER}/${file}`, 'utf8')
    if (source.includes("declare module './kind.js'")) ofKinds.push(file.replace('.ts', ''))
  }
  t.same(ofKinds.sort(), Object.keys(kinds).sort())
  for (const [name, { declaration, argument, wire }] of Object.entries(kinds)) {
    for (const part of [
      declaration.isComplete,
      declaration.print,
      declaration.parts,
      declaration.withoutDocs,
      argument.luaTypes,
      argument.compile,
      wire.decode,
      wire.encode
    ]) {
      t.type(part, 'function', name)
    }
  }
})

for (const [name, sample] of Object.entries(samples)) {
  const { type, lua, wire, value, text, parts = 0, wrong } = sample
  t.test(
    `a value of the kind ${name} crosses from Lua to a host function and back, if it may`,
    async t => {
      t.equal(type.kind, name)
      t.equal(compileCheck(type, false)(lua), lua, 'a local function gets the value itself')
      if (!('wire' in sample)) {
        t.ok(compileCheck(type, true)(lua) instanceof TypeMismatch, 'and no host function gets it')
        return
      }
      t.same(compileCheck(type, true)(lua), wire === null ? undefined : wire)
      t.same(compileDecode(type)(wire), value)
      t.same(compileEncode(type)(value), wire)
    }
  )

  t.test(`a type of the kind ${name} is complete, printed, and sent without its prose`, async t => {
    t.ok(isType(type))
    t.equal(typeText(type), text)
    t.equal(partsOf(type).length, parts)
    t.equal(typeText(withoutDocs(type)), text)
    t.notMatch(JSON.stringify(withoutDocs(type)), /"[AB]\."/)
  })

  if (wrong === undefined) continue
  t.test(`what is not of the kind ${name} is refused at each place`, async t => {
    const [ofLua, ofWire, ofHost] = wrong
    t.ok(compileCheck(type, true)(ofLua) instanceof TypeMismatch)
    t.ok(compileCheck(type, false)(ofLua) instanceof TypeMismatch)
    t.equal(compileDecode(type)(ofWire), unfit)
    t.throws(() => compileEncode(type)(ofHost), WrongResult)
  })
}

t.test('what is no type is not taken for one', async t => {
  const endless = { kind: 'list', of: {} }
  endless.of = endless
  for (const given of [
    undefined,
    null,
    'text',
    {},
    { kind: 'texts' },
    { kind: 'toString' },
    { kind: 'list' },
    { kind: 'union', of: [] },
    { kind: 'record', fields: { a: null } },
    { kind: 'optional', of: { kind: 'map', of: 1 } },
    endless
  ]) {
    t.notOk(isType(given))
  }
})

t.test('the sandbox gets the checks of arguments, and none of the other parts', async t => {
  const program = await readFile('dist/sandbox/child-program.js', 'utf8')
  t.match(program, 'luaTypes')
  t.notMatch(program, /isComplete|printParameter|WrongResult/)
})
