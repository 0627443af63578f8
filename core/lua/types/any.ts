/** Whatever Lua can hold. */
import { isUtf8 } from 'node:buffer'
import { toText } from '../../base/binary.js'
import { numberToString } from '../../base/number-text.js'
import type { ArgumentCheck, Declaration, WireCodec } from './kind.js'
import { decodeMap, encodeMap } from './map.js'
import { encodeList } from './list.js'
import { missing, TypeMismatch, type GivenTable, type GivenValue } from './mismatch.js'
import { fromBinary, fromUnicode, toUnicode } from './wire-text.js'
import { wrongResult } from './wrong-result.js'

export interface AnyType {
  readonly kind: 'any'
}

declare module './kind.js' {
  interface LuaTypes {
    any: AnyType
  }
  interface Values {
    any: unknown
  }
}

/** Whatever Lua can hold; tables are converted deeply. */
export const Any = { kind: 'any' } as const

export const declaration: Declaration<AnyType> = {
  isComplete: () => true,
  print: () => 'any',
  parts: () => [],
  withoutDocs: type => type
}

const MAX_LEVELS = 100
const MAX_VALUES = 1_000_000

export const argument: ArgumentCheck<AnyType> = {
  luaTypes: () => ['value'],
  compile:
    (_, { wire }) =>
    value => {
      if (value === missing) return new TypeMismatch('value expected')
      return wire ? new TableWalk().convert(value) : value
    }
}

/**
 * Converts one value deeply. Tables become lists when their keys are exactly 1 to n, else Maps from text. Gives a
 * TypeMismatch for what cannot cross: functions, tables that contain themselves, more than 100 levels or a million
 * values.
 */
class TableWalk {
  private readonly open = new Set<object>()
  private left = MAX_VALUES

  convert(value: GivenValue): unknown {
    if (typeof value === 'string') return fromBinary(value)
    if (typeof value !== 'object') return value
    if (value.type === 'function') return new TypeMismatch('functions cannot be passed on')
    const identity = value.identity()
    if (this.open.has(identity)) {
      return new TypeMismatch('a table that contains itself cannot be passed on')
    }
    if (this.open.size >= MAX_LEVELS) {
      return new TypeMismatch(`at most ${MAX_LEVELS} levels of tables allowed`)
    }
    this.open.add(identity)
    const converted = this.convertTable(value)
    this.open.delete(identity)
    return converted
  }

  private convertTable(table: GivenTable): unknown {
    const entries: Array<[GivenValue, unknown]> = []
    for (const [key, entry] of table.entries()) {
      if (--this.left < 0) return new TypeMismatch(`at most ${MAX_VALUES} values allowed`)
      const converted = this.convert(entry)
      if (converted instanceof TypeMismatch) return converted
      entries.push([key, converted])
    }
    const length = table.length()
    const isList = length > 0 && length === entries.length
    return isList && entries.every(([key]) => isIndex(key, length))
      ? toList(entries)
      : toMap(entries)
  }
}

const isIndex = (key: GivenValue, length: number): boolean =>
  typeof key === 'number' && Number.isInteger(key) && key >= 1 && key <= length

/** The keys are 1 to n, but perhaps in another order. */
function toList(entries: ReadonlyArray<[GivenValue, unknown]>): unknown[] {
  const list: unknown[] = new Array(entries.length).fill(undefined)
  for (const [key, entry] of entries) {
    if (typeof key === 'number') list[key - 1] = entry
  }
  return list
}

/** Keys that are neither text nor numbers are left out. */
function toMap(entries: ReadonlyArray<[GivenValue, unknown]>): Map<string, unknown> {
  const map = new Map<string, unknown>()
  for (const [key, entry] of entries) {
    if (typeof key === 'string') map.set(key, entry)
    else if (typeof key === 'number') map.set(numberToString(key), entry)
  }
  return map
}

/** Texts that are UTF-8 as strings, other bytes as bytes; tables as lists or objects. */
function decodeAny(value: unknown): unknown {
  if (value === null) return undefined
  if (typeof value === 'string') return toText(value)
  if (value instanceof Uint8Array) return isUtf8(value) ? toUnicode(value) : Buffer.from(value)
  if (Array.isArray(value)) return value.map(decodeAny)
  return value instanceof Map ? decodeEntries(value) : value
}

const decodeEntries = decodeMap(decodeAny)

function encodeAny(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return fromUnicode(value)
    case 'number':
    case 'boolean':
      return value
    case 'undefined':
      return null
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      return Array.isArray(value) ? encodeList(encodeAny)(value) : encodeMap(encodeAny)(value)
    default:
      return wrongResult('what Lua can hold', value)
  }
}

export const wire: WireCodec<AnyType> = {
  decode: () => decodeAny,
  encode: () => encodeAny
}
