/**
 * Reading values of tables that a module checks itself, field by field, because a wrong one gives `nil, message`
 * there instead of raising. Declare such a field as `LooseText` or `LooseNumber`.
 */
import { numberToString } from '../base/number-text.js'
import { Any, Num, Text, Union, type LuaType } from './types/declare.js'

/** Text or a number, or anything else, which counts as left out. */
export const LooseText = Union(Text(), Any)
/** A number, or anything else, which counts as left out. */
export const LooseNumber = Union(Num(), Any)

/**
 * A value of any type, which the module checks itself with its type intact: a number is not made a text on the way.
 * The types are what the documentation shows.
 */
export const Checked = <const T extends readonly LuaType[]>(...types: T) => Union(Any, ...types)

/** Whether it is a text in Lua; a number is none. */
export const isText = (value: unknown): value is string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array

/** Nothing at all. */
export const isAbsent = (value: unknown): value is null | undefined =>
  value === undefined || value === null

/** The text, or undefined for anything that is none. */
export function looseText(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value === 'number') return numberToString(value)
  return typeof value === 'string' ? value : undefined
}

/** The finite number, or undefined for anything that is none. */
export const looseNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** The values of a table in their order, or undefined when it is not a table. */
export function looseList(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  if (Array.isArray(value)) return value
  return value instanceof Map ? [...value.values()] : Object.values(value)
}

/** A field of a table; undefined when there is none, or `value` is not a table. */
export function looseField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return value.get(name)
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
