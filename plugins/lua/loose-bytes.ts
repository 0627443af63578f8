/** Values of Lua where text is wanted and anything is taken, as the options of requests do. */
import { fromBytes } from '../../core/base/binary.js'
import { Any, Bytes, Union } from '../../core/lua/types/declare.js'
import { numberToString } from '../../core/base/number-text.js'

/** Text or a number; anything else is taken for an empty text. */
export const Loose = Union(Bytes(), Any)

/** As a binary string. */
export const looseText = (value: unknown): string => fromBytes(looseBytes(value))

/** Bytes and texts as they are, numbers as text, anything else empty. */
export function looseBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'number') return Buffer.from(numberToString(value))
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array()
}
