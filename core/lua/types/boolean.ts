/** True or false. */
import { unfit, type ArgumentCheck, type Declaration, type WireCodec } from './kind.js'
import { wrongResult } from './wrong-result.js'

export interface BooleanType {
  readonly kind: 'boolean'
}

declare module './kind.js' {
  interface LuaTypes {
    boolean: BooleanType
  }
  interface Values {
    boolean: boolean
  }
}

/** True or false. */
export const Bool = { kind: 'boolean' } as const

export const declaration: Declaration<BooleanType> = {
  isComplete: () => true,
  print: () => 'boolean',
  parts: () => [],
  withoutDocs: type => type
}

export const argument: ArgumentCheck<BooleanType> = {
  luaTypes: () => ['boolean'],
  compile:
    (_, { expected }) =>
    value =>
      typeof value === 'boolean' ? value : expected(value)
}

export const wire: WireCodec<BooleanType> = {
  decode: () => value => (typeof value === 'boolean' ? value : unfit),
  encode: () => value => (typeof value === 'boolean' ? value : wrongResult('a boolean', value))
}
