import t from 'tap'
import { aFunction, FakeTable } from './support/fake-table.js'
import { call, FAILS, RAISES, raw, rows } from './support/rows.js'

t.test('scalars are written as JSON has them', async t => {
  rows(
    t,
    'json.encode',
    [['x'], '"x"'],
    [[1], '1'],
    [[true], 'true'],
    [[false], 'false'],
    [[undefined], 'null'],
    [[], RAISES]
  )
})

t.test('functions become null', async t => {
  rows(t, 'json.encode', [[aFunction], 'null'], [[[1, aFunction]], '[1,null]'])
})

t.test('tables become lists or objects by their keys', async t => {
  rows(
    t,
    'json.encode',
    [[{}], '{}'],
    [[{ a: {} }], '{"a":{}}'],
    [[[1, 2, 3]], '[1,2,3]'],
    [[[1, undefined, 3]], '[1,null,3]'],
    [[{ b: 2, a: 1, c: 3, B: 4 }], '{"B":4,"a":1,"b":2,"c":3}'],
    [[{ é: 1, z: 2 }], '{"z":2,"é":1}'],
    [
      [
        new FakeTable([
          [1, 'a'],
          ['x', 'b']
        ])
      ],
      '{"x":"b"}'
    ],
    [
      [
        new FakeTable([
          [0, 'zero'],
          [-1, 'less'],
          [2, 'two']
        ])
      ],
      '[null,"two"]'
    ],
    [[new FakeTable([[0, 'zero']])], '{}'],
    [[new FakeTable([[1.5, 'x']])], '{}'],
    [
      [
        new FakeTable([
          [1, 'a'],
          [2.5, 'b']
        ])
      ],
      '["a"]'
    ],
    [[new FakeTable([[Infinity, 'a']])], '{}'],
    [
      [
        new FakeTable([
          [true, 1],
          [1, 2]
        ])
      ],
      '{}'
    ],
    [[{ a: [{ b: [1, [2]] }] }], '{"a":[{"b":[1,[2]]}]}']
  )
})

t.test('numbers are whole without a point, or the shortest text that reads back equal', async t => {
  rows(
    t,
    'json.encode',
    [[5], '5'],
    [[-3], '-3'],
    [[2 ** 53], '9007199254740992'],
    [[1e20], '100000000000000000000'],
    [[1e21], '1e+21'],
    [[0.1], '0.1'],
    [[1e-7], '1e-7'],
    [[1 / 3], '0.3333333333333333'],
    [[-0], '0'],
    [[NaN], FAILS],
    [[{ x: Infinity }], FAILS],
    [[[-Infinity]], FAILS]
  )
})

t.test('texts are escaped for JSON, HTML and JavaScript', async t => {
  rows(
    t,
    'json.encode',
    [['q" b\\ s/'], '"q\\" b\\\\ s/"'],
    [['\n\t\r\b\f\0\x1f\x7f'], '"\\n\\t\\r\\b\\f\\u0000\\u001f\x7f"'],
    [['<a>&'], '"\\u003ca\\u003e\\u0026"'],
    [['é漢😀'], '"é漢😀"'],
    [['\u2027\u2028\u2029\u202a'], '"\u2027\\u2028\\u2029\u202a"'],
    [[{ '<"': 1 }], '{"\\u003c\\"":1}']
  )
})

t.test('each byte that is no UTF-8 becomes U+FFFD', async t => {
  t.equal(raw('json', 'encode', '\xff\xc3\xa9\xe2\x82'), '"\\ufffd\xc3\xa9\\ufffd\\ufffd"')
  t.equal(
    raw('json', 'encode', '\xed\xa0\x80"\xc0\xaf'),
    '"\\ufffd\\ufffd\\ufffd\\"\\ufffd\\ufffd"'
  )
})

t.test('a table that contains itself fails', async t => {
  const table = new FakeTable([['a', 1]])
  table.set('self', new FakeTable([[1, table]]))
  t.equal(call('json.encode', table), FAILS)
})

t.test('a table that occurs twice is no cycle', async t => {
  const shared = new FakeTable([['x', 1]])
  t.equal(
    raw(
      'json',
      'encode',
      new FakeTable([
        [1, shared],
        [2, shared]
      ])
    ),
    '[{"x":1},{"x":1}]'
  )
})

const nest = (depth: number) => {
  let table = new FakeTable()
  for (let i = 1; i < depth; i++) table = new FakeTable([[1, table]])
  return table
}

t.test('10,000 levels are written and read, one more fails', async t => {
  t.equal(raw('json', 'encode', nest(10_000)), '['.repeat(9999) + '{}' + ']'.repeat(9999))
  t.equal(call('json.encode', nest(10_001)), FAILS)
  t.ok(Array.isArray(raw('json', 'decode', '['.repeat(10_000) + ']'.repeat(10_000))))
  t.equal(call('json.decode', '['.repeat(10_001) + ']'.repeat(10_001)), FAILS)
  t.equal(call('json.decode', '{"a":'.repeat(1_000_000)), FAILS)
})

t.test('tables that would make a giant text fail', async t => {
  let table = new FakeTable([[1, 'x'.repeat(100)]])
  for (let i = 0; i < 40; i++) {
    table = new FakeTable([
      [1, table],
      [2, table]
    ])
  }
  t.equal(call('json.encode', table), FAILS)
  t.equal(call('json.encode', new FakeTable([[1e9, 1]])), FAILS)
  t.equal(call('json.encode', new FakeTable([[2 ** 53, 1]])), FAILS)
})

t.test('a long list is written whole', async t => {
  const list = Array.from({ length: 100_000 }, (_, i) => i)
  t.equal(call('json.encode', list), JSON.stringify(list))
})

t.test('values are read', async t => {
  rows(
    t,
    'json.decode',
    [['{"a":1,"b":"x","c":true}'], { a: 1, b: 'x', c: true }],
    [[' [ 1 , "two" , false ] \n'], [1, 'two', false]],
    [['[1,-2,0.5,1e3,1.5E-2,-0]'], [1, -2, 0.5, 1000, 0.015, -0]],
    [['"text"'], 'text'],
    [['12'], 12],
    [['null'], undefined],
    [['[]'], []],
    [['{}'], {}],
    [['[[],{}]'], [[], {}]],
    [['[1,null,3]'], [1, undefined, 3]],
    [['{"a":null,"b":1}'], { b: 1 }]
  )
})

t.test('the last of repeated keys wins', async t => {
  rows(t, 'json.decode', [['{"a":1,"a":2}'], { a: 2 }], [['{"a":1,"a":null}'], {}])
})

t.test('keys may have any name', async t => {
  const got = raw('json', 'decode', '{"__proto__":1,"constructor":2,"":3}') as Map<string, number>
  t.same(
    [...got],
    [
      ['__proto__', 1],
      ['constructor', 2],
      ['', 3]
    ]
  )
})

t.test('escapes are decoded to UTF-8', async t => {
  rows(
    t,
    'json.decode',
    [['"\\"\\\\\\/\\b\\f\\n\\r\\t"'], '"\\/\b\f\n\r\t'],
    [['"\\u0041\\u00e9\\u6f22\\ud83d\\ude00"'], 'Aé漢😀'],
    [['"\\u0000"'], '\0'],
    [['"é漢😀"'], 'é漢😀'],
    [['"\\ud83d"'], '\ufffd'],
    [['"\\ude00\\ud83d"'], '\ufffd\ufffd'],
    [['"\\ud83dx"'], '\ufffdx'],
    [['"\\ud83d\\u0041"'], '\ufffdA'],
    [['"\\\\u0041"'], '\\u0041']
  )
})

t.test('each byte that is no UTF-8 is read as U+FFFD', async t => {
  t.equal(
    raw('json', 'decode', '"\xff\xc3\xa9\xe2\x82"'),
    '\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd'
  )
})

t.test('what is not strict JSON fails', async t => {
  const bad = [
    '',
    ' ',
    '{"a":',
    '[1,2',
    '"open',
    'nul',
    'nulll',
    'True',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    '0x1',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{"a" 1}',
    '{1:2}',
    '1 2',
    '[1] x',
    '"\n"',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\',
    ']',
    '}',
    '[}',
    '{]',
    'NaN',
    'Infinity',
    '1e999',
    '-1e999',
    '[1e400]',
    '\u00a01',
    '// 1'
  ]
  rows(t, 'json.decode', ...bad.map(text => [[text], FAILS] as const))
})
