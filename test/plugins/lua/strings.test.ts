import t from 'tap'
import { runContext } from '../../../plugins/lua/run-context.js'
import { FakeTable } from './support/fake-table.js'
import { call, RAISES, raw, rows } from './support/rows.js'

t.test('trim removes white space of Unicode on both sides', async t => {
  rows(
    t,
    'strings.trim',
    [['  \t a b \r\n'], 'a b'],
    [[' \n\t '], ''],
    [['x'], 'x'],
    [[''], ''],
    [['\v\fx\f\v'], 'x'],
    [['\u00a0\u0085\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000x\u3000\u00a0'], 'x'],
    [['\u200bx\ufeff'], '\u200bx\ufeff'],
    [['é à'], 'é à']
  )
})

t.test('trim keeps bytes that are no characters', async t => {
  t.equal(raw('strings', 'trim', ' \xa0\x85 \xff '), '\xa0\x85 \xff')
  t.equal(raw('strings', 'trim', '\xe2\x80 '), '\xe2\x80')
})

t.test('one side, of blanks, tabs and line ends only', async t => {
  rows(
    t,
    'strings.trimLeft',
    [[' \t\r\n x '], 'x '],
    [['\vx'], '\vx'],
    [['\u00a0x'], '\u00a0x'],
    [['  '], '']
  )
  rows(t, 'strings.trimRight', [[' x \t\r\n '], ' x'], [['x\f'], 'x\f'], [['  '], ''])
})

t.test('split keeps empty parts', async t => {
  rows(
    t,
    'strings.split',
    [
      ['a,b,c', ','],
      ['a', 'b', 'c']
    ],
    [
      [',a,,b,', ','],
      ['', 'a', '', 'b', '']
    ],
    [['abc', ';'], ['abc']],
    [
      ['a--b---c', '--'],
      ['a', 'b', '-c']
    ],
    [['', ','], ['']],
    [
      ['a.b', '.'],
      ['a', 'b']
    ]
  )
})

t.test('split by nothing gives characters', async t => {
  rows(
    t,
    'strings.split',
    [
      ['aé漢😀', ''],
      ['a', 'é', '漢', '😀']
    ],
    [['', ''], []]
  )
  t.same(raw('strings', 'split', 'a\xffé\xe2\x82', ''), ['a', '\xff', '\xe9', '\xe2', '\x82'])
})

t.test('join makes text of numbers and nothing of the rest', async t => {
  rows(
    t,
    'strings.join',
    [[['a', 'b', 'c'], ', '], 'a, b, c'],
    [[['only'], ','], 'only'],
    [[{}, ','], ''],
    [[['a', 'b'], ''], 'ab'],
    [
      [[1, 2.5, -3, 1e15, 2 ** 53, 1e100, 0.1, 1e-7], ' '],
      '1 2.5 -3 1000000000000000 9007199254740992 1e+100 0.1 1e-07'
    ],
    [[[true, 'x', {}], '-'], '-x-']
  )
})

t.test('prefix, suffix and part are plain texts', async t => {
  rows(
    t,
    'strings.hasPrefix',
    [['hello', 'he'], true],
    [['hello', ''], true],
    [['he', 'hello'], false],
    [['a.c', 'a.'], true],
    [['abc', 'a.'], false]
  )
  rows(
    t,
    'strings.hasSuffix',
    [['hello', 'lo'], true],
    [['hello', ''], true],
    [['lo', 'hello'], false]
  )
  rows(
    t,
    'strings.contains',
    [['hello', 'll'], true],
    [['hello', ''], true],
    [['', ''], true],
    [['hello', 'l.'], false],
    [['é', '\u00a9'], false]
  )
})

t.test('replace', async t => {
  rows(
    t,
    'strings.replace',
    [['aaa', 'a', 'b'], 'bbb'],
    [['aaa', 'a', 'b', -1], 'bbb'],
    [['aaa', 'a', 'b', -7], 'bbb'],
    [['aaa', 'a', 'b', 2], 'bba'],
    [['aaa', 'a', 'b', 2.9], 'bba'],
    [['aaa', 'a', 'b', 0], 'aaa'],
    [['aaa', 'a', 'b', 9], 'bbb'],
    [['a-b-c', '-', ''], 'abc'],
    [['abc', 'x', 'y'], 'abc'],
    [['aaaa', 'aa', 'b'], 'bb'],
    [['a.b', '.', '$&'], 'a$&b'],
    [['a', 'a', 'b', NaN], RAISES],
    [['aa', 'a', 'b', Infinity], 'bb']
  )
})

t.test('replace of nothing puts the new text before each character and at the end', async t => {
  rows(
    t,
    'strings.replace',
    [['aé', '', '-'], '-a-é-'],
    [['', '', '-'], '-'],
    [['abc', '', '-', 2], '-a-bc'],
    [['abc', '', '-', 4], '-a-b-c-'],
    [['abc', '', '-', 3], '-a-b-c'],
    [['abc', '', '-', 0], 'abc']
  )
})

t.test('case changes one character to one character', async t => {
  rows(
    t,
    'strings.toLower',
    [['Hello ÀÉÎ Ω'], 'hello àéî ω'],
    [['ΑΣ ΑΣ'], 'ασ ασ'],
    [['İ'], 'i'],
    [['ẞ'], 'ß'],
    [['𐐀'], '𐐨'],
    [['ǅ'], 'ǆ']
  )
  rows(
    t,
    'strings.toUpper',
    [['Hello àéî ω'], 'HELLO ÀÉÎ Ω'],
    [['straße ŉ'], 'STRAßE ŉ'],
    [['ᾀ ᾳ'], 'ᾈ ᾼ'],
    [['ﬁ'], 'ﬁ'],
    [['ÿ ı'], 'Ÿ I'],
    [['𐐨'], '𐐀'],
    [['ς'], 'Σ']
  )
})

t.test('case changes no byte that is no character', async t => {
  t.equal(raw('strings', 'toUpper', 'a\xe9\xff\xc3\xa9'), 'A\xe9\xff\xc3\x89')
  t.equal(raw('strings', 'toLower', 'A\xc9\xff\xc3\x89'), 'a\xc9\xff\xc3\xa9')
})

t.test('repeat', async t => {
  rows(
    t,
    'strings.repeat',
    [['ab', 3], 'ababab'],
    [['ab', 0], ''],
    [['ab', 1.9], 'ab'],
    [['ab', -0.5], ''],
    [['', 1e300], ''],
    [['ab', -1], RAISES],
    [['ab', NaN], RAISES],
    [['ab', Infinity], RAISES],
    [['ab', 1e12], RAISES]
  )
})

t.test('no call makes a text beyond the bound', async t => {
  const big = 'x'.repeat(100_000)
  t.equal(call('strings.replace', big, 'x', big), RAISES)
  t.equal(call('strings.replace', big, '', big), RAISES)
  t.equal(
    call(
      'strings.join',
      new FakeTable(Array.from({ length: 1000 }, (_, i) => [i + 1, big] as const)),
      ''
    ),
    RAISES
  )
  t.equal(call('strings.split', 'x'.repeat(runContext.maxEntries + 1), ''), RAISES)
  t.equal(call('strings.split', ','.repeat(runContext.maxEntries), ','), RAISES)
})
