/** A table with named fields. */
import { fromText } from '../../base/binary.js'
import {
  unfit,
  type ArgumentCheck,
  type Declaration,
  type LuaField,
  type LuaType,
  type Static,
  type WireCodec
} from './kind.js'
import { TypeMismatch } from './mismatch.js'
import { optionalMark, withoutOptional } from './optional.js'
import { checkTable } from './table-argument.js'
import { toWireKey } from './wire-text.js'
import { inside, isPlainObject, wrongResult } from './wrong-result.js'

export interface RecordType {
  readonly kind: 'record'
  readonly name?: string
  readonly fields: { readonly [name: string]: LuaField }
}

declare module './kind.js' {
  interface LuaTypes {
    record: RecordType
  }
  interface ValuesOf<T> {
    record: T extends { fields: infer F }
      ? { [K in keyof F]: F[K] extends { type: infer E } ? Static<E> : never }
      : never
  }
}

/** A table with named fields; others in it are left out. A name makes it a class in the documentation. */
export const Fields = <const F extends { readonly [name: string]: LuaField }>(
  fields: F,
  name?: string
) => ({ kind: 'record', fields, ...(name === undefined ? {} : { name }) }) as const

/** Declares a field: its type and a sentence about it. */
export const field = <const T extends LuaType>(type: T, doc: string) => ({ type, doc }) as const

const typesOf = ({ fields }: RecordType): Array<readonly [string, LuaType]> =>
  Object.entries(fields).map(([name, { type }]) => [name, type])

export const declaration: Declaration<RecordType> = {
  isComplete: ({ fields }: Partial<RecordType>, isType) =>
    typeof fields === 'object' &&
    fields !== null &&
    Object.values<Partial<LuaField> | null>(fields).every(field => isType(field?.type)),
  print(type, inner) {
    if (type.name !== undefined) return type.name
    const fields = typesOf(type).map(
      ([name, of]) => `${name}${optionalMark(of)}: ${inner(withoutOptional(of))}`
    )
    return `{ ${fields.join(', ')} }`
  },
  parts: type => typesOf(type).map(([, of]) => of),
  withoutDocs: (type, inner) => ({
    kind: 'record',
    fields: Object.fromEntries(typesOf(type).map(([name, of]) => [name, field(inner(of), '')]))
  })
}

export const argument: ArgumentCheck<RecordType> = {
  luaTypes: () => ['table'],
  compile(type, context) {
    const checks = typesOf(type).map(([name, of]) => ({
      name,
      key: fromText(name),
      check: context.compile(of)
    }))
    return checkTable(context, table => {
      const record = new Map<string, unknown>()
      for (const { name, key, check } of checks) {
        const value = check(table.get(key))
        if (value instanceof TypeMismatch) return value.inside(`field '${name}'`)
        if (value !== undefined) record.set(name, value)
      }
      return record
    })
  }
}

export const wire: WireCodec<RecordType> = {
  decode(type, inner) {
    const fields = typesOf(type).map(([name, of]) => [name, inner(of)] as const)
    return value => {
      if (!(value instanceof Map)) return unfit
      const object: Record<string, unknown> = {}
      for (const [name, decode] of fields) {
        const decoded = decode(value.get(name) ?? null)
        if (decoded === unfit) return unfit
        object[name] = decoded
      }
      return object
    }
  },
  encode(type, inner) {
    const fields = typesOf(type).map(([name, of]) => [name, inner(of)] as const)
    return value => {
      if (!isPlainObject(value)) return wrongResult('an object', value)
      const map = new Map<string, unknown>()
      for (const [name, encode] of fields) {
        const field = (value as Record<string, unknown>)[name]
        const encoded = inside(`field '${name}'`, () => encode(field))
        if (encoded !== null) map.set(toWireKey(name), encoded)
      }
      return map
    }
  }
}
