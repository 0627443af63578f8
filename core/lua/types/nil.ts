/** Nothing. */
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { missing } from './mismatch.js'
import { wrongResult } from './wrong-result.js'

export interface NilType {
  readonly kind: 'nil'
}

declare module './kind.js' {
  interface LuaTypes {
    nil: NilType
  }
  interface Values {
    nil: undefined
  }
}

/** Nothing, for functions that return none. */
export const Nil = { kind: 'nil' } as const

export const declaration: Declaration<NilType> = {
  isComplete: () => true,
  print: () => 'nil',
  parts: () => [],
  withoutDocs: type => type
}

export const argument: ArgumentCheck<NilType> = {
  luaTypes: () => ['nil'],
  compile:
    (_, { expected }) =>
    value =>
      value === undefined || value === missing ? undefined : expected(value)
}

export const wire: WireCodec<NilType> = {
  decode: () => value => (value === null ? undefined : unfit),
  encode: () => value =>
    value === undefined || value === null ? null : wrongResult('nothing', value)
}
