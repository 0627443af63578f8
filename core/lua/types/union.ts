/** A value of one of several types. */
import {
  unfit,
  type ArgumentCheck,
  type Declaration,
  type LuaType,
  type Static,
  type WireCodec
} from './kind.js'
import { isOtherType, TypeMismatch } from './mismatch.js'
import { WrongResult } from './wrong-result.js'

export interface UnionType {
  readonly kind: 'union'
  readonly of: readonly LuaType[]
}

declare module './kind.js' {
  interface LuaTypes {
    union: UnionType
  }
  interface ValuesOf<T> {
    union: T extends { of: ReadonlyArray<infer E> } ? Static<E> : never
  }
}

/** A value of one of several types; the first that fits decides. */
export const Union = <const T extends readonly LuaType[]>(...of: T) =>
  ({ kind: 'union', of }) as const

export const declaration: Declaration<UnionType> = {
  isComplete: ({ of }: Partial<UnionType>, isType) =>
    Array.isArray(of) && of.length > 0 && of.every(isType),
  /** Alternatives, each once. `any` beside others stands for "checked later" and says nothing to the reader. */
  print({ of }, inner) {
    const texts = [...new Set(of.map(inner))]
    const telling = texts.filter(text => text !== 'any')
    return telling.length === 0 ? 'any' : telling.join(' | ')
  },
  parts: ({ of }) => of,
  withoutDocs: ({ of }, inner) => ({ kind: 'union', of: of.map(inner) })
}

export const argument: ArgumentCheck<UnionType> = {
  luaTypes: ({ of }, inner) => [...new Set(of.flatMap(inner))],
  /** Where no type fits: the reason of the first one of the value's Lua type, if there is one. */
  compile({ of }, { compile, expected }) {
    const checks = of.map(compile)
    return value => {
      let closest: TypeMismatch | undefined
      for (const check of checks) {
        const result = check(value)
        if (!(result instanceof TypeMismatch)) return result
        if (!isOtherType(result)) closest ??= result
      }
      return closest ?? expected(value)
    }
  }
}

export const wire: WireCodec<UnionType> = {
  decode({ of }, inner) {
    const choices = of.map(inner)
    return value => {
      for (const choice of choices) {
        const decoded = choice(value)
        if (decoded !== unfit) return decoded
      }
      return unfit
    }
  },
  encode({ of }, inner) {
    const choices = of.map(inner)
    return value => {
      let first: unknown
      for (const choice of choices) {
        try {
          return choice(value)
        } catch (error) {
          if (!(error instanceof WrongResult)) throw error
          first ??= error
        }
      }
      throw first
    }
  }
}
