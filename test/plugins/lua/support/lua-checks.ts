/** Checks that are written in Lua and run in a real sandbox process. */
import type { Test } from 'tap'
import { localModules } from '../../../../plugins/lua/builtin.js'
import { startRig, type Rig } from '../../../sandbox/rig.js'

export const startLua = (t: Test): Promise<Rig> => startRig(t, { modules: localModules })

/** Each row is [expression, what `tostring` of its results gives, joined by `|`]; a raised error begins with `!`. */
export async function luaRows(
  t: Test,
  rig: Rig,
  rows: ReadonlyArray<readonly [expression: string, want: string | RegExp]>,
  prelude = ''
): Promise<void> {
  const calls = rows.map(([expression]) => `one(function() return ${expression} end)`).join('\n')
  const code = `local out = {}
local function one(f)
  local results = table.pack(pcall(f))
  local texts = {}
  for i = 2, results.n do texts[#texts + 1] = tostring(results[i]) end
  out[#out + 1] = (results[1] and "" or "!") .. table.concat(texts, "|")
end
function handler(ctx, event)
${prelude}
${calls}
  return { body = table.concat(out, "\\30") }
end`
  const results = (await rig.body(code)).split('\x1e')
  t.equal(results.length, rows.length, `all rows ran: ${results[0]}`)
  for (const [i, [expression, want]] of rows.entries()) {
    const title = expression.replace(/[#\\\n]/g, ' ').slice(0, 100)
    if (typeof want === 'string') t.equal(results[i], want, title)
    else t.match(results[i], want, title)
  }
}
