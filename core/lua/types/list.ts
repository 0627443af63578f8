/** A table from 1 to n. */
import {
  unfit,
  type ArgumentCheck,
  type Declaration,
  type Decode,
  type Encode,
  type LuaType,
  type Static,
  type WireCodec
} from './kind.js'
import { TypeMismatch } from './mismatch.js'
import { inBrackets } from './print.js'
import { checkTable } from './table-argument.js'
import { inside, wrongResult } from './wrong-result.js'

export interface ListType {
  readonly kind: 'list'
  readonly of: LuaType
}

declare module './kind.js' {
  interface LuaTypes {
    list: ListType
  }
  interface ValuesOf<T> {
    list: T extends { of: infer E } ? Array<Static<E>> : never
  }
}

/** A table from 1 to n, each element of one type. */
export const List = <T extends LuaType>(of: T) => ({ kind: 'list', of }) as const

export const declaration: Declaration<ListType> = {
  isComplete: (type: Partial<ListType>, isType) => isType(type.of),
  print: ({ of }, inner) => `${inBrackets(inner(of))}[]`,
  parts: ({ of }) => [of],
  withoutDocs: ({ of }, inner) => ({ kind: 'list', of: inner(of) })
}

export const argument: ArgumentCheck<ListType> = {
  luaTypes: () => ['table'],
  compile({ of }, context) {
    const check = context.compile(of)
    return checkTable(context, table => {
      const length = table.length()
      const list: unknown[] = []
      for (let i = 1; i <= length; i++) {
        const element = check(table.get(i))
        if (element instanceof TypeMismatch) return element.inside(`element ${i}`)
        list.push(element)
      }
      return list
    })
  }
}

export const decodeList =
  (element: Decode): Decode =>
  value => {
    if (!Array.isArray(value)) return unfit
    const list = value.map(item => element(item))
    return list.includes(unfit) ? unfit : list
  }

export const encodeList =
  (element: Encode): Encode =>
  value =>
    Array.isArray(value)
      ? value.map((item, i) => inside(`element ${i + 1}`, () => element(item)))
      : wrongResult('a list', value)

export const wire: WireCodec<ListType> = {
  decode: ({ of }, inner) => decodeList(inner(of)),
  encode: ({ of }, inner) => encodeList(inner(of))
}
