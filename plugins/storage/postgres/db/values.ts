/** Values as PostgreSQL's protocol carries them, in both directions. */
import { fromStoredText, toStoredText } from './texts.js'

/** An array of one type in the binary form, which needs no escaping. */
export class ArrayValue {
  constructor(readonly bytes: Buffer) {}
}

export type SqlValue = string | number | boolean | null | Uint8Array | ArrayValue
export type SqlRow = Readonly<Record<string, unknown>>

const BYTEA = 17
const INT8 = 20
const TEXT = 25
/** Types of results that are not read as text. */
const BOOL = 16
const INT2 = 21
const INT4 = 23
const FLOAT8 = 701
const NUMERIC = 1700

/** What goes over the wire: bytes in binary, everything else as text. */
export function encode(value: SqlValue): string | Buffer | null {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      return toStoredText(value)
    case 'number':
    case 'boolean':
      return String(value)
    default:
      return value instanceof ArrayValue ? value.bytes : toBuffer(value)
  }
}

const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export function decode(text: string | null, type: number): unknown {
  if (text === null) return null
  switch (type) {
    case INT8:
    case INT4:
    case INT2:
    case FLOAT8:
    case NUMERIC:
      return Number(text)
    case BYTEA:
      return Buffer.from(text.slice(2), 'hex')
    case BOOL:
      return text === 't'
    default:
      return fromStoredText(text)
  }
}

export const texts = (values: ReadonlyArray<string | null>): ArrayValue =>
  toArray(
    TEXT,
    values.map(value => (value === null ? null : Buffer.from(toStoredText(value))))
  )

export const blobs = (values: ReadonlyArray<Uint8Array | null>): ArrayValue =>
  toArray(BYTEA, values)

/** Whole numbers. */
export const integers = (values: ReadonlyArray<number | null>): ArrayValue =>
  toArray(
    INT8,
    values.map(value => {
      if (value === null) return null
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeInt32BE(Math.floor(value / 2 ** 32), 0)
      bytes.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, 4)
      return bytes
    })
  )

/** Dimensions, whether there are nulls, type, length, first index; then each element with its length. */
function toArray(type: number, elements: ReadonlyArray<Uint8Array | null>): ArrayValue {
  const head = 20
  let size = head
  for (const element of elements) size += 4 + (element?.length ?? 0)
  const bytes = Buffer.allocUnsafe(elements.length === 0 ? 12 : size)
  bytes.writeInt32BE(elements.length === 0 ? 0 : 1, 0)
  bytes.writeInt32BE(1, 4)
  bytes.writeInt32BE(type, 8)
  if (elements.length === 0) return new ArrayValue(bytes)
  bytes.writeInt32BE(elements.length, 12)
  bytes.writeInt32BE(1, 16)
  let at = head
  for (const element of elements) {
    bytes.writeInt32BE(element === null ? -1 : element.length, at)
    at += 4
    if (element === null) continue
    bytes.set(element, at)
    at += element.length
  }
  return new ArrayValue(bytes)
}
