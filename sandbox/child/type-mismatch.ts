/** The words of argument errors, in one place. */
import type { LuaType } from '../../core/lua/types.js'
import type { LuaValue } from '../lua/api.js'

/** Why a value does not fit a declared type: the text inside the brackets of a `bad argument` error. */
export class Mismatch {
  constructor(readonly reason: string) {}

  /** The same, one level further in: "field 'model': …". */
  inside(where: string): Mismatch {
    return new Mismatch(`${where}: ${this.reason}`)
  }
}

/** Stands for an argument that was not given at all. */
export const missing = Symbol('missing')
export type Given = LuaValue | typeof missing

const names: Readonly<Record<LuaType['kind'], string>> = {
  text: 'string',
  bytes: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  nil: 'nil',
  any: 'value',
  list: 'table',
  map: 'table',
  record: 'table',
  union: '',
  optional: ''
}

export function typeName(type: LuaType): string {
  if (type.kind === 'optional') return typeName(type.of)
  if (type.kind === 'union') return [...new Set(type.of.map(typeName))].join(' or ')
  return names[type.kind]
}

export function valueName(value: Given): string {
  if (value === missing) return 'no value'
  if (value === undefined) return 'nil'
  return typeof value === 'object' ? value.type : typeof value
}

export const expected = (type: LuaType, value: Given): Mismatch =>
  new Mismatch(
    type.kind === 'any' ? 'value expected' : `${typeName(type)} expected, got ${valueName(value)}`
  )

export const tooLong = (max: number, got: number): Mismatch =>
  new Mismatch(`at most ${max} bytes allowed, got ${got}`)

export const notOneOf = (allowed: readonly string[], got: string): Mismatch =>
  new Mismatch(
    `one of ${allowed.map(text => `'${text}'`).join(', ')} expected, got '${got.length > 40 ? `${got.slice(0, 40)}…` : got}'`
  )

export function outOfRange(
  min: number | undefined,
  max: number | undefined,
  got: string
): Mismatch {
  if (min !== undefined && max !== undefined) {
    return new Mismatch(`number from ${min} to ${max} expected, got ${got}`)
  }
  return new Mismatch(
    min !== undefined
      ? `number of at least ${min} expected, got ${got}`
      : `number of at most ${max} expected, got ${got}`
  )
}
