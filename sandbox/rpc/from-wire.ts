/**
 * Arguments of a host function out of a frame, by the declared types. The child has checked them already; it
 * is not believed, so whatever does not fit here is a breach of the protocol.
 */
import { toBytes, toText } from '../../core/base/binary.js'
import type { LuaType } from '../../core/lua/types.js'

/** Stands for "does not fit". */
export const unfit = Symbol('unfit')
export type FromWire = (value: unknown) => unknown

export function compileFromWire(type: LuaType): FromWire {
  switch (type.kind) {
    case 'text':
      return textOf(type)
    case 'bytes':
      return bytesOf(type)
    case 'number':
    case 'integer':
      return numberOf(type)
    case 'boolean':
      return value => (typeof value === 'boolean' ? value : unfit)
    case 'nil':
      return value => (value === null ? undefined : unfit)
    case 'any':
      return anyOf
    case 'list':
      return listOf(compileFromWire(type.of))
    case 'map':
      return mapOf(compileFromWire(type.of))
    case 'record':
      return recordOf(
        Object.entries(type.fields).map(([name, field]) => [name, compileFromWire(field.type)])
      )
    case 'union':
      return unionOf(type.of.map(compileFromWire))
    case 'optional': {
      const inner = compileFromWire(type.of)
      return value => (value === null ? undefined : inner(value))
    }
  }
}

function textOf({ max = Infinity, oneOf }: Extract<LuaType, { kind: 'text' }>): FromWire {
  return value => {
    if (!isWireText(value) || value.length > max) return unfit
    const text = decodeText(value)
    return oneOf === undefined || oneOf.includes(text) ? text : unfit
  }
}

const isWireText = (value: unknown): value is string | Uint8Array =>
  typeof value === 'string' || value instanceof Uint8Array

/** A text on the wire is a binary string or bytes. */
const decodeText = (value: string | Uint8Array): string =>
  typeof value === 'string'
    ? toText(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')

/** Copies: bytes of a frame are a view of what was read from the channel, and would keep all of it alive. */
function bytesOf({ max = Infinity }: Extract<LuaType, { kind: 'bytes' }>): FromWire {
  return value => {
    const bytes =
      typeof value === 'string'
        ? toBytes(value)
        : value instanceof Uint8Array
          ? Buffer.from(value)
          : unfit
    return bytes === unfit || bytes.length > max ? unfit : bytes
  }
}

function numberOf({
  kind,
  min = -Infinity,
  max = Infinity
}: Extract<LuaType, { kind: 'number' | 'integer' }>): FromWire {
  const free = min === -Infinity && max === Infinity
  return value => {
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) return unfit
    return free || (value >= min && value <= max) ? value : unfit
  }
}

function listOf(element: FromWire): FromWire {
  return value => {
    if (!Array.isArray(value)) return unfit
    const list = value.map(element)
    return list.includes(unfit) ? unfit : list
  }
}

function mapOf(entry: FromWire): FromWire {
  return value => {
    if (!(value instanceof Map)) return unfit
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, item] of value) {
      const converted = entry(item)
      if (converted === unfit) return unfit
      object[toText(key as string)] = converted
    }
    return object
  }
}

function recordOf(fields: ReadonlyArray<readonly [string, FromWire]>): FromWire {
  return value => {
    if (!(value instanceof Map)) return unfit
    const object: Record<string, unknown> = {}
    for (const [name, convert] of fields) {
      const converted = convert(value.get(name) ?? null)
      if (converted === unfit) return unfit
      object[name] = converted
    }
    return object
  }
}

function unionOf(choices: readonly FromWire[]): FromWire {
  return value => {
    for (const choice of choices) {
      const converted = choice(value)
      if (converted !== unfit) return converted
    }
    return unfit
  }
}

/** Texts that are UTF-8 as strings, other bytes as bytes; tables as lists or objects. */
function anyOf(value: unknown): unknown {
  if (value === null) return undefined
  if (typeof value === 'string') return toText(value)
  if (value instanceof Uint8Array) return textOrBytes(Buffer.from(value))
  if (Array.isArray(value)) return value.map(anyOf)
  return value instanceof Map ? mapOf(anyOf)(value) : value
}

function textOrBytes(bytes: Buffer): string | Buffer {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes
}
