/** The argument check of a type of any kind; runs in the sandbox. */
import * as kinds from './kinds.js'
import type { ArgumentCheck, Check, LuaType } from './kind.js'
import { expectedType } from './mismatch.js'

const checkOf = ({ kind }: LuaType): ArgumentCheck<LuaType> =>
  kinds[kind].argument as ArgumentCheck<LuaType>

const luaTypes = (type: LuaType): readonly string[] => checkOf(type).luaTypes(type, luaTypes)

/** Makes the check of an argument: see `CheckContext` for `wire`. */
export function compileCheck(type: LuaType, wire: boolean): Check {
  return checkOf(type).compile(type, {
    wire,
    compile: inner => compileCheck(inner, wire),
    expected: value => expectedType(luaTypes(type).join(' or '), value)
  })
}
