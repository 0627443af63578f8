import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import type { LuaValue } from '../../../sandbox/lua/api.js'
import { localModules } from '../../../plugins/lua/builtin.js'
import { startRig } from '../../sandbox/rig.js'
import { arbitraryOf, arbitraryValue } from './support/arbitrary.js'
import { countTables, toSource } from './support/lua-source.js'

const CALLS = 40

/** Words that only JavaScript itself would use, outside of quotes. */
const javaScript =
  /undefined|\[object|NaN(?! \(not)|Infinity|TypeError|RangeError|SyntaxError|Cannot |is not a function|=>|internal error/

const small = (args: readonly LuaValue[]) =>
  countTables(args, 200) < 200 &&
  args.every(arg => typeof arg !== 'string' || arg.length < 500 || new Set(arg).size === 1)

/** Calls the function with each list of arguments; a line of results for each, texts quoted. */
function program(fn: string, lists: ReadonlyArray<readonly LuaValue[]>): string {
  const { statements, expressions } = toSource(lists.flat())
  const calls = lists.map(
    list => `show(pcall(${['F', ...expressions.splice(0, list.length)].join(', ')}))`
  )
  return `local F = ${fn}
local lines = {}
local function show(ok, ...)
  local out = { ok and "value" or "error" }
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[#out + 1] = type(v) == "string" and (ok and i == 1 and "text" or string.format("%q", v:sub(1, 500)):gsub("\\n", "n")) or type(v)
  end
  lines[#lines + 1] = table.concat(out, " ")
end
function handler()
${statements}
${calls.join('\n')}
  return { body = table.concat(lines, "\\n") }
end`
}

t.test('in the sandbox, every local function holds against whatever Lua can give it', async t => {
  const { run, errors } = await startRig(t, {
    modules: localModules,
    settings: { EXECUTION_TIMEOUT: '60' }
  })
  for (const module of localModules) {
    for (const [name, declared] of Object.entries(module.functions)) {
      if (name === 'sleep') continue
      const full = `${module.name}.${name}`
      // Half of the calls pass the argument check, the others come with anything, and too few or too many.
      const fitting = fc.tuple(...declared.params.map(param => arbitraryOf(param.type)))
      const any = fc.array(arbitraryValue, { maxLength: declared.params.length + 1 })
      const lists = fc.sample(fc.oneof(fitting, any).filter(small), CALLS)
      const code = program(`${module.name}["${name}"]`, lists)
      const { answer, fault } = await run(code, { fn: 'fuzz' })
      if (answer === undefined) {
        t.fail(`${full}: ${fault?.kind}: ${fault?.message}`, { code })
        continue
      }
      const lines = Buffer.from(answer.body).toString('latin1').split('\n')
      t.equal(lines.length, CALLS, full)
      // The arguments that messages repeat are in quotes within the quotes.
      t.same(
        lines.filter(line => javaScript.test(line.replace(/\\".*?\\"/g, ''))),
        [],
        full
      )
    }
  }
  t.same(errors, [])
})
