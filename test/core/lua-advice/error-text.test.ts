import t from 'tap'
import type { Fault } from '../../../core/contracts/records.js'
import { errorText } from '../../../core/lua-advice/error-text.js'

const code = [
  'function handler(ctx, event)',
  '  local a = 1',
  '  local b',
  '  local c = b.x',
  '  local d = 2',
  '  local e = 3',
  'end',
  ''
].join('\n')
const runtime = (message: string, more: Partial<Fault> = {}): Fault => ({
  kind: 'runtime',
  message,
  ...more
})
const syntax = (message: string, more: Partial<Fault> = {}): Fault => ({
  kind: 'syntax',
  message,
  ...more
})

const tipOf = (fault: Fault, source = '') => {
  const text = errorText(fault, source)
  const at = text.indexOf('[TIP] ')
  return at < 0 ? '' : text.slice(at)
}

t.test('a run-time error has heading, excerpt with the failing line marked, and tip', async t => {
  t.equal(
    errorText(runtime("function:4: attempt to index a nil value (local 'b')"), code),
    [
      "Error at line 4: function:4: attempt to index a nil value (local 'b')",
      '',
      '[CODE]',
      '    2 |   local a = 1',
      '    3 |   local b',
      '>   4 |   local c = b.x',
      '    5 |   local d = 2',
      '    6 |   local e = 3',
      '[/CODE]',
      '',
      '[TIP] A variable or field is nil where a table was expected',
      '  • Check that the variable is set before reading a field of it: if value ~= nil then … end',
      '  • Functions that can fail return nil, err: check err first'
    ].join('\n')
  )
})

t.test('the excerpt stays inside the code', async t => {
  t.match(errorText(runtime('f:1: x'), 'error("x")'), '\n\n[CODE]\n>   1 | error("x")\n[/CODE]')
  t.match(errorText(runtime('f:7: x'), code), '    6 |   local e = 3\n>   7 | end\n[/CODE]')
})

t.test('an error at the end of the text shows the empty line it is in', async t => {
  t.match(
    errorText(syntax("f:8: 'end' expected near <eof>"), code),
    '    7 | end\n>   8 | \n[/CODE]'
  )
})

t.test(
  'line numbers with three and four digits keep the source in line with the caret',
  async t => {
    const long = Array.from({ length: 1000 }, (_, i) => `v = ${i}`).join('\n')
    t.match(
      errorText(syntax('f:1000: x', { column: 3 }), long),
      '  998 | v = 997\n  999 | v = 998\n> 1000 | v = 999\n           ^\n[/CODE]'
    )
  }
)

t.test('the caret stands below the column', async t => {
  t.match(
    errorText(syntax("f:1: unexpected symbol near '='", { column: 11 }), 'local x = = 2'),
    ['>   1 | local x = = 2', '                  ^'].join('\n')
  )
})

t.test('the caret repeats the tabs before it', async t => {
  t.match(errorText(syntax('f:1: x', { column: 4 }), '\t\tx = = 2'), '\n        \t\t ^\n')
})

t.test('a column beyond the line is put at its end', async t => {
  t.match(errorText(syntax('f:1: x', { column: 400 }), 'abc'), '>   1 | abc\n           ^\n[/CODE]')
})

t.test('lines of other systems are counted as Lua counts them', async t => {
  t.match(errorText(runtime('f:3: x'), 'a\r\nb\r\nc'), '    2 | b\n>   3 | c\n')
})

t.test('without a line there is no excerpt', async t => {
  t.equal(
    errorText({ kind: 'stopped', message: 'the server was stopped' }, code),
    'Error: the server was stopped'
  )
})

t.test('a line beyond the code gives no excerpt', async t => {
  const text = errorText(runtime('f:99: x'), code)
  t.match(text, 'Error at line 99: f:99: x')
  t.notMatch(text, '[CODE]')
})

t.test('a line that the engine knows serves when the message names none', async t => {
  t.match(errorText(runtime('my words', { line: 2 }), code), /^Error at line 2: my words\n/)
})

t.test("numbers in the server's own words are no lines", async t => {
  t.match(
    errorText({ kind: 'limit', message: 'answer from 10:30: too big' }, code),
    /^Error: answer/
  )
})

t.test('the traceback follows the message', async t => {
  const text = errorText(
    runtime('f:4: x', { traceback: "stack traceback:\n\tf:4: in function 'handler'\n" }),
    code
  )
  t.match(text, "Error at line 4: f:4: x\nstack traceback:\n\tf:4: in function 'handler'\n\n[CODE]")
})

const table: ReadonlyArray<[string, Fault, RegExp]> = [
  ['nil index', runtime("f:1: attempt to index a nil value (field 'x')"), /nil.*\n.*\n.*err/s],
  [
    'nil index as Lua 5.1 words it',
    runtime("f:1: attempt to index local 'x' (a nil value)"),
    /nil/
  ],
  ['non-table index', runtime("f:1: attempt to index a number value (local 'a')"), /type\(/],
  ['nil call', runtime("f:1: attempt to call a nil value (global 'foo')"), /misspelt/],
  ['nil method call', runtime("f:1: attempt to call a nil value (method 'foo')"), /not defined/],
  ['call of another type', runtime('f:1: attempt to call a string value'), /Only functions/],
  [
    'bad argument',
    runtime("f:1: bad argument #1 to 'floor' (number expected, got string)"),
    /tonumber/
  ],
  [
    'bad argument by value',
    runtime("f:1: bad argument #2 to 'format' (number has no integer representation)"),
    /does not take/
  ],
  ['unexpected symbol', syntax("f:1: unexpected symbol near '='"), /comma, quote or bracket/],
  ['syntax error', syntax("f:1: syntax error near 'x'"), /comma, quote or bracket/],
  ['other syntax errors', syntax("f:1: ')' expected near 'x'"), /comma, quote or bracket/],
  [
    'missing end',
    syntax("f:9: 'end' expected (to close 'function' at line 1) near <eof>"),
    /matching end/
  ],
  [
    'arithmetic',
    runtime("f:1: attempt to perform arithmetic on a nil value (local 'x')"),
    /tonumber[^]*nil/
  ],
  ['bitwise', runtime('f:1: attempt to perform bitwise operation on a string value'), /tonumber/],
  [
    'concatenation',
    runtime("f:1: attempt to concatenate a nil value (field 'x')"),
    /tostring[^]*nil/
  ],
  ['comparison', runtime('f:1: attempt to compare number with string'), /same type/],
  ['comparison of two', runtime('f:1: attempt to compare two table values'), /same type/],
  ['length', runtime('f:1: attempt to get length of a nil value'), /#/],
  [
    'no handler',
    { kind: 'no-handler', message: 'handler function not found in Lua code' },
    /function handler\(ctx, event\)/
  ],
  [
    'bad return',
    { kind: 'bad-return', message: 'handler did not return a table' },
    /return \{ statusCode/
  ],
  ['timeout', { kind: 'timeout', message: 'Execution timed out after 5 s' }, /longer/],
  ['memory', { kind: 'memory', message: 'not enough memory' }, /memory/],
  ['stack overflow', runtime('f:1: stack overflow'), /recursion/],
  ['private address', runtime('f:1: the private address 10.0.0.1 is refused'), /public address/],
  ['for loop', runtime("f:1: 'for' initial value must be a number"), /tonumber/],
  ['nil key', runtime('f:1: table index is nil'), /key/],
  ['pattern', runtime("f:1: malformed pattern (missing ']')"), /strings\.replace/]
]
for (const [name, fault, tip] of table) {
  t.test(`there is a tip for: ${name}`, async t => {
    t.match(tipOf(fault), tip)
  })
}

t.test("an error of the function's own words has no tip", async t => {
  t.equal(tipOf(runtime('f:1: no such order')), '')
})

const mistakes: ReadonlyArray<[string, Fault, string, RegExp]> = [
  ['!=', syntax("f:1: 'then' expected near '!'"), 'if a != b then end', /^\[TIP\] .*~=/],
  ['===', syntax("f:1: unexpected symbol near '='"), 'if a === b then end', /^\[TIP\] .*==/],
  ['+=', syntax("f:1: syntax error near '+'"), 'x += 1', /^\[TIP\] .*x = x \+ 1/],
  ['..=', syntax("f:1: syntax error near '..'"), 's ..= "a"', /^\[TIP\] .*x = x \+ 1/],
  ['&&', syntax("f:1: unexpected symbol near '&'"), 'x = a && b', /^\[TIP\] .*and/],
  ['||', syntax("f:1: unexpected symbol near '|'"), 'x = a || b', /^\[TIP\] .*or/],
  ['!x', syntax("f:1: unexpected symbol near '!'"), 'if !x then end', /^\[TIP\] .*not/],
  ['++', syntax("f:1: syntax error near '+'"), 'i++', /^\[TIP\] .*i = i \+ 1/],
  ['let', syntax("f:1: syntax error near 'x'"), 'let x = 1', /^\[TIP\] .*local/],
  ['//', syntax("f:1: unexpected symbol near '//'"), '// text', /^\[TIP\] .*--/],
  ['=>', syntax("f:1: unexpected symbol near '>'"), 'f = x => x', /^\[TIP\] .*function/],
  ['? :', syntax("f:1: unexpected symbol near '?'"), 'x = a ? 1 : 2', /^\[TIP\] .*and a or b/],
  [
    'a single = in a condition',
    syntax("f:1: 'then' expected near '='"),
    'if a = 1 then end',
    /^\[TIP\] .*==/
  ],
  ['missing then', syntax("f:1: 'then' expected near 'x'"), 'if a x() end', /^\[TIP\] .*then/],
  ['missing do', syntax("f:1: 'do' expected near 'x'"), 'while a x() end', /^\[TIP\] .*do/],
  [
    'for (',
    syntax("f:1: <name> expected near '('"),
    'for (i = 0; i < 3; i++) {',
    /\[TIP\][^]*for i = 1, 10 do/
  ],
  ['continue', syntax("f:1: syntax error near 'end'"), '  continue', /^\[TIP\] .*goto continue/],
  [
    'strings.repeat',
    syntax("f:1: <name> expected near 'repeat'"),
    'x = strings.repeat("a", 3)',
    /^\[TIP\] .*strings\["repeat"\]/
  ],
  [
    'else if',
    syntax("f:4: 'end' expected (to close 'if' at line 1) near <eof>"),
    'if a then\nelse if b then\nend\n',
    /^\[TIP\] "else if" in line 2.*elseif/
  ],
  [
    'missing comma in a table',
    syntax("f:1: '}' expected near 'b'"),
    'x = { a = 1 b = 2 }',
    /^\[TIP\] .*commas/
  ],
  [
    'null',
    runtime("f:1: attempt to index a nil value (global 'null')"),
    'null.x',
    /^\[TIP\] .*nil/
  ],
  [
    'console.log',
    runtime("f:1: attempt to index a nil value (global 'console')"),
    'console.log(1)',
    /^\[TIP\] .*log\.info/
  ],
  [
    'require',
    runtime("f:1: module 'json' not found: 'json' is a global, which needs no require"),
    'require("json")',
    /^\[TIP\] .*global/
  ],
  [
    'arr[0]',
    runtime("f:1: attempt to index a nil value (field '?')"),
    'return arr[0].x',
    /^\[TIP\] .*begin at 1/
  ],
  [
    'a local function used above its definition',
    runtime("f:2: attempt to call a nil value (global 'add')"),
    'function handler()\n  return add(1)\nend\nlocal function add (n) return n end',
    /^\[TIP\] .*line 4.*above/
  ],
  [
    'a dot where a colon is meant',
    runtime("f:1: bad argument #1 to 'upper' (string expected, got no value)"),
    'return name.upper()',
    /^\[TIP\] .*name:upper\(\)/
  ],
  [
    'a method called with a dot',
    runtime("f:1: attempt to index a nil value (local 'self')"),
    'return self.x',
    /^\[TIP\] .*colon/
  ]
]
for (const [name, fault, source, tip] of mistakes) {
  t.test(`the tip knows the mistake: ${name}`, async t => {
    t.match(tipOf(fault, source), tip)
  })
}

t.test('the general advice of the kind follows the special one', async t => {
  t.match(
    tipOf(syntax("f:1: unexpected symbol near '='"), 'if a === b then end'),
    /\n {2}• .*\n {2}• .*comma, quote or bracket/
  )
})

t.test('what is inside texts and comments is no mistake', async t => {
  t.notMatch(tipOf(syntax("f:1: unexpected symbol near ')'"), 'x = f("a != b" -- a && b'), /~=|&&/)
})

t.test('a line and a message of a megabyte are answered at once', async t => {
  const line = 'if "\\"\\" = '.repeat(80000)
  const text = errorText(syntax(`f:1: ${'attempt to index '.repeat(60000)}`), `${line}\nelse if`)
  t.ok(text.startsWith('Error at line 1: '))
})

t.test('code of a megabyte is looked at at once, whatever its lines', async t => {
  const many = 1_000_000
  const blanks = ' '.repeat(many)
  const missing = "f:1: attempt to call a nil value (global 'late')"
  const tips: ReadonlyArray<readonly [fault: Fault, code: string, tip: RegExp]> = [
    [syntax("f:1: syntax error near 'x'"), `continue${blanks}x`, /syntax of this line/],
    [syntax("f:2: syntax error near 'x'"), `continue${blanks}\nx`, /goto continue/],
    [syntax("f:2: syntax error near 'x'"), `x = continue${blanks}x\nx`, /syntax of this line/],
    [
      syntax(`f:${many}: syntax error near 'x'`),
      `continue${'\n'.repeat(many - 1)}x`,
      /goto continue/
    ],
    [
      syntax("f:1: 'end' expected near <eof>"),
      `${'-- else if'.repeat(100_000)}\nelse if`,
      /in line 2/
    ],
    [syntax("f:1: 'end' expected near <eof>"), `else${blanks}if`, /A block is not closed/],
    [runtime(missing), `late()${'\n'.repeat(many)}local function late() end`, /line 1000001/],
    [runtime(missing), `late()\n${'local '.repeat(150_000)}`, /not defined/],
    [runtime(missing), `late()\nlocal${blanks}x\nlocal late${blanks}x`, /not defined/]
  ]
  for (const [fault, code, tip] of tips) {
    const text = errorText(fault, code)
    t.match(text, tip)
    t.ok(text.length < 20_000, 'and little of it is stored')
  }
})

t.test('of a long line a part is shown, with the column in it', async t => {
  const near = errorText(runtime('f:1: x'), `--${'a'.repeat(5000)}\n${'b'.repeat(5000)}`)
  t.match(near, `>   1 | --${'a'.repeat(998)}…\n    2 | ${'b'.repeat(1000)}…\n[/CODE]`)
  const far = errorText(
    syntax('f:1: x', { column: 3001 }),
    `${'a'.repeat(3000)}!${'b'.repeat(3000)}`
  )
  const [line = '', caret = ''] = far.split('\n').slice(3)
  t.equal(line.length, '>   1 | '.length + 1002)
  t.equal(line.charAt(caret.indexOf('^')), '!')
  t.ok(line.startsWith('>   1 | …a') && line.endsWith('b…'))
  const beyond = errorText(syntax('f:1: x', { column: 1e9 }), 'a'.repeat(3000))
  t.match(beyond, `>   1 | …${'a'.repeat(500)}`)
})
