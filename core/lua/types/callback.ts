/** A function of Lua that a local function is given, or a table it returns holds; none crosses to the server. */
import {
  unfit,
  type ArgumentCheck,
  type Declaration,
  type LuaType,
  type WireCodec
} from './kind.js'
import { missing, TypeMismatch } from './mismatch.js'
import { optionalMark, withoutOptional } from './optional.js'
import { wrongResult } from './wrong-result.js'

interface CallbackParam {
  readonly name: string
  readonly type: LuaType
}

export interface CallbackType {
  readonly kind: 'callback'
  readonly params: readonly CallbackParam[]
  readonly returns: readonly LuaType[]
}

declare module './kind.js' {
  interface LuaTypes {
    callback: CallbackType
  }
  interface Values {
    callback: never
  }
}

/** A function of Lua: what it is called with, and what it returns, value by value. */
export const Func = (
  params: ReadonlyArray<readonly [name: string, type: LuaType]>,
  ...returns: LuaType[]
): CallbackType => ({
  kind: 'callback',
  params: params.map(([name, type]) => ({ name, type })),
  returns
})

export const declaration: Declaration<CallbackType> = {
  isComplete: ({ params, returns }: Partial<CallbackType>, isType) =>
    Array.isArray(params) &&
    params.every(
      (param: Partial<CallbackParam> | null) =>
        typeof param?.name === 'string' && isType(param.type)
    ) &&
    Array.isArray(returns) &&
    returns.every(isType),
  print({ params, returns }, inner) {
    const given = params.map(
      ({ name, type }) => `${name}${optionalMark(type)}: ${inner(withoutOptional(type))}`
    )
    const call = `fun(${given.join(', ')})`
    return returns.length === 0 ? call : `${call}: ${returns.map(inner).join(', ')}`
  },
  parts: ({ params, returns }) => [...params.map(({ type }) => type), ...returns],
  withoutDocs: ({ params, returns }, inner) => ({
    kind: 'callback',
    params: params.map(({ name, type }) => ({ name, type: inner(type) })),
    returns: returns.map(inner)
  })
}

export const argument: ArgumentCheck<CallbackType> = {
  luaTypes: () => ['function'],
  compile:
    (_, { wire, expected }) =>
    value => {
      if (value === missing || typeof value !== 'object' || value.type !== 'function') {
        return expected(value)
      }
      return wire ? new TypeMismatch('functions cannot be passed on') : value
    }
}

export const wire: WireCodec<CallbackType> = {
  decode: () => () => unfit,
  encode: () => value => wrongResult('a function of Lua', value)
}
