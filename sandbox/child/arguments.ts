/**
 * The argument check of Lua APIs, made of the declarations when a function is first called: nothing crosses the
 * channel, and no local function runs, with arguments of another type than declared.
 */
import type { ManifestFunction } from '../../core/lua/manifest.js'
import { compileCheck } from '../../core/lua/types/check.js'
import type { Check } from '../../core/lua/types/kind.js'
import { missing, TypeMismatch } from '../../core/lua/types/mismatch.js'
import { LuaRaise, type LuaValue } from '../lua/api.js'

/**
 * Makes the check of a function's arguments. With `wire`, tables come out as lists and Maps and texts as they
 * travel; without (local functions), tables stay handles. Throws a LuaRaise that names the argument. Arguments
 * beyond the declared ones are dropped.
 */
export function compileArguments(
  module: string,
  fn: ManifestFunction,
  wire: boolean
): (args: readonly LuaValue[]) => unknown[] {
  const name = `${module}.${fn.name}`
  let made: readonly Check[] | undefined
  return args => {
    const checks = (made ??= fn.params.map(({ type }) => compileCheck(type, wire)))
    const checked: unknown[] = new Array(checks.length)
    for (let i = 0; i < checks.length; i++) {
      const value = (checks[i] as Check)(i < args.length ? args[i] : missing)
      if (value instanceof TypeMismatch) {
        throw new LuaRaise(`bad argument #${i + 1} to '${name}' (${value.reason})`)
      }
      checked[i] = value
    }
    return checked
  }
}
