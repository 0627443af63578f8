/** Declared types of any kind: whether they are complete, and in words. */
import * as kinds from './kinds.js'
import type { Declaration, LuaType } from './kind.js'

const declarationOf = ({ kind }: LuaType): Declaration<LuaType> =>
  kinds[kind].declaration as Declaration<LuaType>

/** Nobody nests deeper by hand; a type that contains itself never ends. */
const MAX_DEPTH = 32

/** Whether a value that a plugin declared is a type, all the way down. */
export function isType(type: unknown, depth = 0): type is LuaType {
  if (typeof type !== 'object' || type === null || depth > MAX_DEPTH) return false
  const { kind } = type as { kind?: unknown }
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return false
  return declarationOf(type as LuaType).isComplete(type, inner => isType(inner, depth + 1))
}

/** The type as LuaLS annotations have it. Named records are their names. */
export const typeText = (type: LuaType): string => declarationOf(type).print(type, typeText)

/** The same for a parameter, which may take more than the type says. */
export const parameterText = (type: LuaType): string =>
  declarationOf(type).printParameter?.(type) ?? typeText(type)

/** The bounds that an argument is held to, if there are any. */
export const limitsText = (type: LuaType): string | undefined => declarationOf(type).limits?.(type)

/** The types that a type is made of. */
export const partsOf = (type: LuaType): readonly LuaType[] => declarationOf(type).parts(type)

/** The same type with the fields' prose left out. */
export const withoutDocs = (type: LuaType): LuaType =>
  declarationOf(type).withoutDocs(type, withoutDocs)
