import type { Test } from 'tap'
import { Noted } from '../../../../core/base/to-lua.js'
import { fromText } from '../../../../core/base/binary.js'
import { LuaFailure, LuaMisuse } from '../../../../core/lua/errors.js'
import type { LuaValue, ToLua } from '../../../../sandbox/lua/api.js'
import { locals } from '../../../../plugins/lua/locals.js'
import { toLuaValue } from './fake-table.js'

/** Wanted result of a row that gives nil and a message. */
export const FAILS = Symbol('nil and a message')
/** Wanted result of a row that raises a Lua error. */
export const RAISES = Symbol('a Lua error')

/** Calls a local function as the stub does: texts as UTF-8 bytes, tables as handles. */
export function call(name: string, ...args: unknown[]): unknown {
  const [module = '', fn = ''] = name.split('.')
  try {
    return plain(locals[module]![fn]!(...args.map(toLuaValue)) as ToLua)
  } catch (error) {
    if (error instanceof LuaFailure) return FAILS
    if (error instanceof LuaMisuse) return RAISES
    throw error
  }
}

/** Each row is [arguments, wanted result]; texts mean their UTF-8 bytes. */
export function rows(
  t: Test,
  name: string,
  ...list: ReadonlyArray<readonly [readonly unknown[], unknown]>
): void {
  for (const [args, want] of list) t.same(call(name, ...args), bytes(want), titleOf(name, args))
}

/** Plain ASCII: test names travel in lines of text. */
const titleOf = (name: string, args: readonly unknown[]): string =>
  `${name}(${args
    .map(arg => JSON.stringify(arg))
    .join(', ')
    .slice(0, 100)
    .replace(/[^ -~]|[#\\]/g, unit => `<${unit.charCodeAt(0).toString(16)}>`)})`

const bytes = (want: unknown): unknown => {
  if (typeof want === 'string') return fromText(want)
  if (Array.isArray(want)) return want.map(bytes)
  if (typeof want === 'object' && want !== null) {
    return Object.fromEntries(
      Object.entries(want).map(([key, value]) => [fromText(key), bytes(value)])
    )
  }
  return want
}

function plain(value: ToLua): unknown {
  if (value instanceof Noted) return plain(value.table)
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value, ([key, item]) => [key, plain(item as ToLua)]))
  }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, plain(item as ToLua)])
    )
  }
  return value
}

/** The same with values that are Lua's already, such as texts of any bytes, and without looking at the result. */
export const raw = (module: string, fn: string, ...args: LuaValue[]) =>
  locals[module]![fn]!(...args)
