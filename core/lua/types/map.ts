/** A table from text to values of one type. */
import { toText } from '../../base/binary.js'
import { numberToString } from '../../base/number-text.js'
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
import { checkTable } from './table-argument.js'
import { toWireKey } from './wire-text.js'
import { inside, isPlainObject, wrongResult } from './wrong-result.js'

export interface MapType {
  readonly kind: 'map'
  readonly of: LuaType
}

declare module './kind.js' {
  interface LuaTypes {
    map: MapType
  }
  interface ValuesOf<T> {
    map: T extends { of: infer E } ? { [name: string]: Static<E> } : never
  }
}

/** A table from text to `of`. */
export const Dict = <T extends LuaType>(of: T) => ({ kind: 'map', of }) as const

export const declaration: Declaration<MapType> = {
  isComplete: (type: Partial<MapType>, isType) => isType(type.of),
  print: ({ of }, inner) => `table<string, ${inner(of)}>`,
  parts: ({ of }) => [of],
  withoutDocs: ({ of }, inner) => ({ kind: 'map', of: inner(of) })
}

export const argument: ArgumentCheck<MapType> = {
  luaTypes: () => ['table'],
  compile({ of }, context) {
    const check = context.compile(of)
    return checkTable(context, table => {
      const map = new Map<string, unknown>()
      for (const [key, value] of table.entries()) {
        const name = typeof key === 'number' ? numberToString(key) : key
        if (typeof name !== 'string') return new TypeMismatch('text keys expected')
        const entry = check(value)
        if (entry instanceof TypeMismatch) return entry.inside(`value of '${name}'`)
        map.set(name, entry)
      }
      return map
    })
  }
}

/** The object has no prototype: whatever keys Lua gives it, none means anything to JavaScript. */
export const decodeMap =
  (entry: Decode): Decode =>
  value => {
    if (!(value instanceof Map)) return unfit
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, item] of value) {
      const converted = entry(item)
      if (converted === unfit) return unfit
      object[toText(key as string)] = converted
    }
    return object
  }

export const encodeMap =
  (entry: Encode): Encode =>
  value => {
    if (!isPlainObject(value)) return wrongResult('an object', value)
    const entries = value instanceof Map ? value.entries() : Object.entries(value)
    const map = new Map<string, unknown>()
    for (const [name, item] of entries) {
      const encoded = inside(`'${name}'`, () => entry(item))
      map.set(toWireKey(name), encoded)
    }
    return map
  }

export const wire: WireCodec<MapType> = {
  decode: ({ of }, inner) => decodeMap(inner(of)),
  encode: ({ of }, inner) => encodeMap(inner(of))
}
