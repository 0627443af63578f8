/** Texts as they travel: binary strings as they are where they are ASCII, else bytes. */
import { fromBytes, fromText, isAscii, toBytes, toText } from '../../base/binary.js'

export type WireText = string | Uint8Array

export const isWireText = (value: unknown): value is WireText =>
  typeof value === 'string' || value instanceof Uint8Array

/** A string of Lua. */
export const fromBinary = (binary: string): WireText => (isAscii(binary) ? binary : toBytes(binary))

/** A text of the server, which is Unicode; Lua gets its UTF-8. */
export const fromUnicode = (text: string): string | Buffer =>
  isAscii(text) ? text : Buffer.from(text, 'utf8')

/** The Unicode text; what is no UTF-8 becomes U+FFFD. */
export const toUnicode = (value: WireText): string =>
  typeof value === 'string'
    ? toText(value)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')

/** Keys of tables travel as binary strings. */
export const toWireKey = (name: unknown): string =>
  name instanceof Uint8Array ? fromBytes(name) : fromText(String(name))
