import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { Builtin, Callable, Noted } from '../../../core/base/to-lua.js'
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import { localModules } from '../../../plugins/lua/builtin.js'
import { locals } from '../../../plugins/lua/locals.js'
import { runContext } from '../../../plugins/lua/run-context.js'
import { arbitraryOf } from './support/arbitrary.js'
import { aFunction, FakeTable } from './support/fake-table.js'

runContext.functionId = 'f1'
runContext.baseUrl = 'https://example.org'
runContext.sleep = () => {}
// Small enough that the texts of this test reach it.
runContext.maxText = 2 ** 20

/** Each run takes some tenths of a second on purpose. */
const runsOf: Readonly<Record<string, number>> = { 'crypto.hashPassword': 5 }

/** Values that come from Lua and go back untouched, or that the engine has a form for. */
const isLuas = (value: unknown): boolean =>
  value instanceof FakeTable ||
  value === aFunction ||
  value instanceof Builtin ||
  value instanceof Callable

/** Why the value is none that Lua may see; undefined when it is fine. */
function strangeness(value: unknown): string | undefined {
  const stack = [value]
  for (let next = stack.pop(); stack.length > 0 || next !== undefined; next = stack.pop()) {
    if (typeof next === 'string' && /[^\0-\xff]/.test(next)) return 'a text with units above 255'
    if (isLuas(next)) continue
    if (next instanceof Noted) stack.push(next.table)
    else if (next instanceof Map) stack.push(...next.keys(), ...next.values())
    else if (Array.isArray(next)) stack.push(...next)
    else if (typeof next === 'object' && next !== null) stack.push(...Object.values(next))
    else if (!['string', 'number', 'boolean', 'undefined'].includes(typeof next)) {
      return `a ${typeof next}`
    }
  }
  return undefined
}

/** Words that only JavaScript itself would use. */
const javaScript =
  /undefined|\[object|\bnull\b(?!['"`])|NaN(?! \(not)|Infinity|TypeError|RangeError|SyntaxError|Cannot |is not a |=>|\n/

for (const module of localModules) {
  for (const [name, declared] of Object.entries(module.functions)) {
    t.test(
      `${module.name}.${name} answers whatever it is given with a value, a failure or a Lua error`,
      async t => {
        const run = locals[module.name]![name]!
        const args = fc.tuple(...declared.params.map(param => arbitraryOf(param.type)))
        fc.assert(
          fc.property(args, args => {
            let result: unknown
            try {
              result = run(...args)
            } catch (error) {
              if (!(error instanceof LuaFailure) && !(error instanceof LuaMisuse)) throw error
              if (error instanceof LuaFailure && declared.fails !== true) {
                throw new Error('a failure, though it is declared without', { cause: error })
              }
              // What is in quotes is the caller's own text.
              if (
                javaScript.test(error.message.replace(/"(?:\\.|[^"\\])*"/g, '')) ||
                /[^ -~]/.test(error.message)
              ) {
                throw new Error(`a message that Lua should not see: ${error.message}`)
              }
              return
            }
            const strange = strangeness(result)
            if (strange !== undefined) throw new Error(strange)
          }),
          { numRuns: runsOf[`${module.name}.${name}`] ?? 300 }
        )
        t.pass()
      }
    )
  }
}

t.test('what JSON can say survives writing and reading', async t => {
  const { encode, decode } = locals.json!
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = Buffer.from(JSON.stringify(value)).toString('latin1')
      const again = decode!(text)
      const plain = (value: unknown): unknown =>
        value instanceof Noted
          ? plain(value.table)
          : value instanceof Map
            ? Object.fromEntries(Array.from(value, ([key, item]) => [toText(key), plain(item)]))
            : Array.isArray(value)
              ? value.map(item => plain(item) ?? null)
              : typeof value === 'string'
                ? toText(value)
                : value
      const wanted = JSON.parse(
        JSON.stringify(value, (_, item) =>
          typeof item === 'object' && item !== null && !Array.isArray(item)
            ? Object.fromEntries(Object.entries(item).filter(([, field]) => field !== null))
            : item
        )
      ) as unknown
      t.same(plain(again) ?? null, wanted)
    }),
    { numRuns: 300 }
  )
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      text =>
        JSON.parse(toText(encode!(Buffer.from(text, 'utf8').toString('latin1')) as string)) ===
        Buffer.from(text, 'utf8').toString('utf8')
    )
  )
})

const toText = (binary: string) => Buffer.from(binary, 'latin1').toString('utf8')

t.test('a number in JSON reads back equal', async () => {
  const { encode, decode } = locals.json!
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      number => decode!(encode!(number) as string) === number
    )
  )
})

t.test('every moment is read as it was written', async () => {
  const { format, parse } = locals.time!
  fc.assert(
    fc.property(
      fc.integer({ min: -62167219200, max: 253402300799 }),
      seconds =>
        parse!(
          format!(seconds, '2006-01-02T15:04:05Z07:00') as string,
          '2006-01-02T15:04:05Z07:00'
        ) === seconds
    )
  )
})
