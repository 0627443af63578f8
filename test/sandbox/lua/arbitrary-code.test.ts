import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import t from 'tap'
import { LuaFault, testEngine } from './load.js'

const lua = testEngine({ memoryLimit: 32 * 1024 * 1024 })

const words = [
  'and',
  'break',
  'do',
  'else',
  'elseif',
  'end',
  'false',
  'for',
  'function',
  'goto',
  'if',
  'in',
  'local',
  'nil',
  'not',
  'or',
  'repeat',
  'return',
  'then',
  'true',
  'until',
  'while',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '#',
  '==',
  '~=',
  '<=',
  '>=',
  '<',
  '>',
  '=',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '::',
  ';',
  ':',
  ',',
  '.',
  '..',
  '...',
  '//',
  '&',
  '|',
  '~',
  '<<',
  '>>',
  'a',
  'b',
  'x',
  '1',
  '0x1p4',
  '"s"',
  '[[l]]',
  '--c\n',
  '\n'
]

/** Expressions that are always legal to compile, with values of every type in every place. */
const expression = fc.letrec<{ e: string }>(tie => ({
  e: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'nil',
      'true',
      'false',
      '0',
      '-1',
      '1.5',
      '2^53',
      '1/0',
      '0/0',
      '"abc"',
      '"10"',
      '""',
      '{}',
      '{1,2,x=3}',
      'print',
      'string',
      'co',
      'obj',
      '...'
    ),
    fc
      .tuple(
        tie('e'),
        fc.constantFrom(
          '+',
          '-',
          '*',
          '/',
          '%',
          '^',
          '//',
          '..',
          '==',
          '~=',
          '<',
          '<=',
          '>',
          '&',
          '|',
          '~',
          '<<',
          '>>',
          'and',
          'or'
        ),
        tie('e')
      )
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(fc.constantFrom('-', 'not ', '#', '~'), tie('e')).map(([op, a]) => `(${op}${a})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a})[${b}]`),
    fc
      .tuple(tie('e'), fc.array(tie('e'), { maxLength: 3 }))
      .map(([f, args]) => `(${f})(${args.join(', ')})`),
    fc
      .tuple(
        fc.constantFrom(
          'string.format',
          'string.rep',
          'string.find',
          'string.gsub',
          'string.sub',
          'string.byte',
          'string.char',
          'table.concat',
          'table.insert',
          'table.remove',
          'table.unpack',
          'table.sort',
          'table.move',
          'math.floor',
          'math.random',
          'math.max',
          'tostring',
          'tonumber',
          'select',
          'next',
          'pairs',
          'ipairs',
          'pcall',
          'xpcall',
          'error',
          'assert',
          'rawget',
          'rawset',
          'rawlen',
          'setmetatable',
          'getmetatable',
          'load',
          'coroutine.wrap',
          'coroutine.resume',
          'coroutine.yield',
          'os.date',
          'os.time',
          'utf8.char',
          'utf8.codepoint',
          'utf8.len',
          'string.pack',
          'string.unpack',
          'bit32.band',
          'bit32.extract',
          'setfenv',
          'getfenv',
          'unpack'
        ),
        fc.array(tie('e'), { maxLength: 4 })
      )
      .map(([f, args]) => `${f}(${args.join(', ')})`),
    fc.tuple(tie('e')).map(([a]) => `(function(...) return ${a} end)`)
  )
})).e

t.test('any text is a program or a syntax fault with a line', async t => {
  const check = (code: string): boolean => {
    try {
      lua.engine.prepare(code, 'fn')
      return true
    } catch (error) {
      return (
        error instanceof LuaFault &&
        error.info.kind === 'syntax' &&
        (error.info.line ?? 0) > 0 &&
        (error.info.column ?? 0) > 0
      )
    }
  }
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 40 }).map(tokens => tokens.join(' ')),
      check
    ),
    { numRuns: 3000 }
  )
  // Byte 27 first would say that it is a binary chunk.
  fc.assert(
    fc.property(
      fc
        .array(fc.integer({ min: 28, max: 255 }), { maxLength: 60 })
        .map(bytes => String.fromCharCode(...bytes)),
      check
    ),
    { numRuns: 2000 }
  )
  t.throws(() => lua.engine.prepare('\x1bLua', 'fn'), { message: /attempt to load a binary chunk/ })
})

t.test(
  'any operation on any values gives values or a Lua error, with nothing of JavaScript in it',
  async t => {
    fc.assert(
      fc.property(fc.array(expression, { minLength: 1, maxLength: 4 }), expressions => {
        const body = expressions
          .map(
            e =>
              `local ok, e = pcall(function(...) return ${e} end, obj, 1) out[#out + 1] = type(e) == "string" and e or type(e)`
          )
          .join('\n')
        const code = `co = coroutine.create(function() coroutine.yield() end)
      obj = setmetatable({ 1, 2 }, { __index = function(t, k) return k end, __add = function(a) return a end, __lt = function() return true end,
        __concat = function() return "c" end, __call = function(self, ...) return ... end, __tostring = function() return "obj" end })
      function handler(ctx, event) local out = {} ${body} return { text = table.concat(out, "\\n") } end`
        try {
          const text = String(lua.run(code).get('text'))
          return !/undefined|\[object|TypeError|RangeError|Cannot read|is not a function|internal error/.test(
            text
          )
        } catch (error) {
          return (
            error instanceof LuaFault &&
            !/undefined|TypeError|RangeError|internal error/.test(error.info.message)
          )
        }
      }),
      { numRuns: 2500 }
    )
    t.strictSame(lua.internalErrors, [])
  }
)
