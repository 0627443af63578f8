/** Arbitrary Lua values, nasty ones on purpose. */
import fc from 'fast-check'
import '../../../helpers/fuzzing.js'
import type { LuaType } from '../../../../core/lua/types/declare.js'
import type { LuaValue } from '../../../../sandbox/lua/api.js'
import { aFunction, FakeTable } from './fake-table.js'

const byteText = fc
  .uint8Array({ maxLength: 60 })
  .map(bytes => Buffer.from(bytes).toString('latin1'))
const utf8Text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map(text => Buffer.from(text, 'utf8').toString('latin1'))
const pieces = [
  '%',
  '%2',
  '%41',
  '%zz',
  '+',
  '&',
  '=',
  ';',
  ':',
  '/',
  '//',
  '?',
  '#',
  '@',
  '[',
  ']',
  '*',
  ':id',
  'http',
  'mailto',
  'é',
  '\xff',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xe2\x80',
  '\0',
  ' ',
  '\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '\\udc00',
  'null',
  'true',
  '1e999',
  '-',
  '0',
  '1',
  '12',
  '.',
  ',',
  '=',
  '==',
  'YQ',
  '2006',
  '06',
  'Jan',
  'January',
  'Mon',
  '01',
  '02',
  '_2',
  '__2',
  '002',
  '15',
  '03',
  '04',
  '05',
  '.000',
  '.999',
  'PM',
  'pm',
  'MST',
  'Z07:00',
  '-0700',
  '-07',
  '2024',
  '31',
  '366',
  'GMT+3',
  'UTC',
  'February'
]
const madeText = fc
  .array(fc.constantFrom(...pieces), { maxLength: 12 })
  .map(parts => parts.join(''))

export const arbitraryText = fc.oneof(
  byteText,
  utf8Text,
  madeText,
  fc.constantFrom(
    '',
    'x'.repeat(70_000),
    '\xff'.repeat(5000),
    '['.repeat(20_000),
    '{"a":'.repeat(20_000),
    '%41'.repeat(20_000)
  )
)

export const arbitraryNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: -3, max: 40 }),
  fc.constantFrom(
    NaN,
    Infinity,
    -Infinity,
    -0,
    0.5,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 + 2,
    2 ** 31,
    1e300,
    5e-324,
    8.64e12,
    -8.64e12
  )
)

const scalar: fc.Arbitrary<LuaValue> = fc.oneof(
  arbitraryText,
  arbitraryNumber,
  fc.boolean(),
  fc.constant(aFunction)
)
const key = fc.oneof(
  fc.integer({ min: -2, max: 12 }),
  arbitraryNumber.filter(number => !Number.isNaN(number)),
  madeText,
  byteText,
  fc.boolean()
)

const { table } = fc.letrec<{ table: FakeTable; value: LuaValue }>(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('table')),
  table: fc.oneof(
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map(entries => new FakeTable(entries)),
    fc
      .array(tie('value'), { maxLength: 6 })
      .map(items => new FakeTable(items.map((item, i) => [i + 1, item] as const)))
  )
}))

/** A table that contains itself, at some depth. */
const cyclic = fc.integer({ min: 0, max: 5 }).map(depth => {
  const root = new FakeTable()
  let inner = root
  for (let i = 0; i < depth; i++) {
    const next = new FakeTable()
    inner.set(1, next)
    inner = next
  }
  inner.set('again', root)
  return root
})

const deep = fc.constantFrom(9_999, 10_001, 100_000).map(depth => {
  let table = new FakeTable()
  for (let i = 0; i < depth; i++) table = new FakeTable([[1, table]])
  return table
})

/** One small text, held many times over: small in memory, huge when written out. */
const bomb = fc.constant(undefined).map(() => {
  let table = new FakeTable([[1, 'boom']])
  for (let i = 0; i < 60; i++) {
    table = new FakeTable([
      [1, table],
      [2, table]
    ])
  }
  return table
})

export const arbitraryTable = fc.oneof(
  { weight: 20, arbitrary: table },
  { weight: 3, arbitrary: cyclic },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: bomb }
)
export const arbitraryValue: fc.Arbitrary<LuaValue> = fc.oneof(
  scalar,
  fc.constant(undefined),
  arbitraryTable
)

/** Whatever passes the argument check of a parameter. */
export function arbitraryOf(type: LuaType): fc.Arbitrary<LuaValue> {
  switch (type.kind) {
    case 'text':
    case 'bytes':
      return arbitraryText
    case 'number':
      return arbitraryNumber
    case 'integer':
      return arbitraryNumber.filter(Number.isInteger)
    case 'list':
    case 'map':
    case 'record':
      return arbitraryTable
    case 'callback':
      return fc.constant(aFunction)
    case 'optional':
      return fc.option(arbitraryOf(type.of), { nil: undefined })
    default:
      return arbitraryValue
  }
}
