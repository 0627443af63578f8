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

export function texts(values: ReadonlyArray<string | null>): ArrayValue {
  const stored = values.map(value => (value === null ? null : toStoredText(value)))
  const lengths = stored.map(text => (text === null ? null : Buffer.byteLength(text)))
  return toArray(TEXT, lengths, (bytes, at, index) => {
    bytes.write(stored[index] ?? '', at)
  })
}

export const blobs = (values: ReadonlyArray<Uint8Array | null>): ArrayValue =>
  toArray(
    BYTEA,
    values.map(value => value?.length ?? null),
    (bytes, at, index) => {
      bytes.set(values[index] ?? [], at)
    }
  )

/** Whole numbers. */
export const integers = (values: ReadonlyArray<number | null>): ArrayValue =>
  toArray(
    INT8,
    values.map(value => (value === null ? null : 8)),
    (bytes, at, index) => {
      const value = values[index] ?? 0
      const high = Math.floor(value / 2 ** 32)
      bytes.writeInt32BE(high, at)
      bytes.writeUInt32BE(value - high * 2 ** 32, at + 4)
    }
  )

/** Before the elements: dimensions, whether there are nulls, type, length, first index. */
const HEAD_BYTES = 20

/** Each element with its length before it; `write` puts one where it belongs. */
function toArray(
  type: number,
  lengths: ReadonlyArray<number | null>,
  write: (bytes: Buffer, at: number, index: number) => void
): ArrayValue {
  let size = lengths.length === 0 ? 12 : HEAD_BYTES
  for (const length of lengths) size += 4 + (length ?? 0)
  const bytes = Buffer.allocUnsafe(size)
  bytes.writeInt32BE(lengths.length === 0 ? 0 : 1, 0)
  bytes.writeInt32BE(1, 4)
  bytes.writeInt32BE(type, 8)
  if (lengths.length === 0) return new ArrayValue(bytes)
  bytes.writeInt32BE(lengths.length, 12)
  bytes.writeInt32BE(1, 16)
  let at = HEAD_BYTES
  for (const [index, length] of lengths.entries()) {
    bytes.writeInt32BE(length ?? -1, at)
    at += 4
    if (length === null) continue
    write(bytes, at, index)
    at += length
  }
  return new ArrayValue(bytes)
}
