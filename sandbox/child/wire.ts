/** Texts of Lua on the wire and back: binary strings as str where they are ASCII, else as bin. */
import { fromBytes } from '../../core/base/binary.js'
import type { WireText } from '../protocol/frames.js'

export { fromBinary as toWireText } from '../../core/lua/types/wire-text.js'

export const fromWireText = (text: WireText): string =>
  typeof text === 'string' ? text : fromBytes(text)

/** A host function's result: bytes become binary strings, deeply; lists and Maps are changed in place. */
export function fromWire(value: unknown): unknown {
  if (typeof value !== 'object') return value
  if (value === null) return undefined
  if (value instanceof Uint8Array) return fromBytes(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = fromWire(value[i])
    return value
  }
  const table = value as Map<string, unknown>
  for (const [key, entry] of table) {
    if (typeof entry === 'object') table.set(key, fromWire(entry))
  }
  return table
}
