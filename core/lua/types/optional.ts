/** A value or nil. */
import type { ArgumentCheck, Declaration, LuaType, Static, WireCodec } from './kind.js'
import { missing } from './mismatch.js'

export interface OptionalType {
  readonly kind: 'optional'
  readonly of: LuaType
}

declare module './kind.js' {
  interface LuaTypes {
    optional: OptionalType
  }
  interface ValuesOf<T> {
    optional: T extends { of: infer E } ? Static<E> | undefined : never
  }
}

/** A value or nil. As a parameter it may be left out. */
export const Optional = <T extends LuaType>(of: T) => ({ kind: 'optional', of }) as const

export const isOptional = (type: LuaType): boolean => type.kind === 'optional'
export const withoutOptional = (type: LuaType): LuaType =>
  type.kind === 'optional' ? type.of : type
export const optionalMark = (type: LuaType): string => (isOptional(type) ? '?' : '')

export const declaration: Declaration<OptionalType> = {
  isComplete: (type: Partial<OptionalType>, isType) => isType(type.of),
  print: ({ of }, inner) => `${inner(of)} | nil`,
  parts: ({ of }) => [of],
  withoutDocs: ({ of }, inner) => ({ kind: 'optional', of: inner(of) })
}

export const argument: ArgumentCheck<OptionalType> = {
  luaTypes: ({ of }, inner) => inner(of),
  compile({ of }, { compile }) {
    const check = compile(of)
    return value => (value === undefined || value === missing ? undefined : check(value))
  }
}

export const wire: WireCodec<OptionalType> = {
  decode({ of }, inner) {
    const decode = inner(of)
    return value => (value === null ? undefined : decode(value))
  },
  encode({ of }, inner) {
    const encode = inner(of)
    return value => (value === undefined || value === null ? null : encode(value))
  }
}
