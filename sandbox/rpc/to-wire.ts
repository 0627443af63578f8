/** What a host function returned, on its way to Lua: checked against the declared type. */
import { fromBytes, fromText, isAscii } from '../../core/base/binary.js'
import type { LuaType } from '../../core/lua/types.js'

/** What was returned has another type than declared; `message` says where, which was expected, and what came. */
export class WrongResult extends Error {
  override name = 'WrongResult'
}

export type ToWire = (value: unknown) => unknown

/** Makes the conversion of a result. It throws a WrongResult for a value of another type. */
export function compileToWire(type: LuaType): ToWire {
  switch (type.kind) {
    case 'text':
      return value => (typeof value === 'string' ? wireText(value) : wrong('a string', value))
    case 'bytes':
      return value => (value instanceof Uint8Array ? value : wrong('bytes', value))
    case 'number':
      return value => (typeof value === 'number' ? value : wrong('a number', value))
    case 'integer':
      return value => (Number.isInteger(value) ? value : wrong('a whole number', value))
    case 'boolean':
      return value => (typeof value === 'boolean' ? value : wrong('a boolean', value))
    case 'nil':
      return value => (value === undefined || value === null ? null : wrong('nothing', value))
    case 'any':
      return anyToWire
    case 'list':
      return listOf(compileToWire(type.of))
    case 'map':
      return mapOf(compileToWire(type.of))
    case 'record':
      return recordOf(
        Object.entries(type.fields).map(([name, field]) => [name, compileToWire(field.type)])
      )
    case 'union':
      return unionOf(type.of.map(compileToWire))
    case 'optional': {
      const inner = compileToWire(type.of)
      return value => (value === undefined || value === null ? null : inner(value))
    }
  }
}

/** Texts of the server are Unicode; Lua gets their UTF-8. */
const wireText = (text: string): string | Buffer =>
  isAscii(text) ? text : Buffer.from(text, 'utf8')

function wrong(expected: string, value: unknown): never {
  throw new WrongResult(`${expected} expected, got ${describe(value)}`)
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'number') return `the number ${value}`
  if (value instanceof Uint8Array) return 'bytes'
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? `an object (${Object.getPrototypeOf(value)?.constructor?.name ?? 'plain'})`
      : `a ${typeof value}`
}

function at<T>(where: string, convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    throw error instanceof WrongResult ? new WrongResult(`${where}: ${error.message}`) : error
  }
}

function listOf(element: ToWire): ToWire {
  return value =>
    Array.isArray(value)
      ? value.map((item, i) => at(`element ${i + 1}`, () => element(item)))
      : wrong('a list', value)
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)

/** Keys of tables cross as binary strings. */
const wireKey = (name: unknown): string =>
  name instanceof Uint8Array ? fromBytes(name) : fromText(String(name))

function mapOf(entry: ToWire): ToWire {
  return value => {
    if (!isObject(value)) return wrong('an object', value)
    const entries = value instanceof Map ? value.entries() : Object.entries(value)
    const map = new Map<string, unknown>()
    for (const [name, item] of entries) {
      map.set(
        wireKey(name),
        at(`'${name}'`, () => entry(item))
      )
    }
    return map
  }
}

function recordOf(fields: ReadonlyArray<readonly [string, ToWire]>): ToWire {
  return value => {
    if (!isObject(value)) return wrong('an object', value)
    const map = new Map<string, unknown>()
    for (const [name, convert] of fields) {
      const converted = at(`field '${name}'`, () =>
        convert((value as Record<string, unknown>)[name])
      )
      if (converted !== null) map.set(wireKey(name), converted)
    }
    return map
  }
}

function unionOf(choices: readonly ToWire[]): ToWire {
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

function anyToWire(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return wireText(value)
    case 'number':
    case 'boolean':
      return value
    case 'undefined':
      return null
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (Array.isArray(value)) return listOf(anyToWire)(value)
      return mapOf(anyToWire)(value)
    default:
      return wrong('what Lua can hold', value)
  }
}
