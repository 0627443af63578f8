/**
 * Frames of every run, its beginning and its answer, are *plain*: a byte that begins no MessagePack value, the length
 * of a text (4 bytes, big-endian), the text in Latin-1, and a body to the end. V8's own code makes and parses them,
 * and all processes share that in the processor's caches; MessagePack's code is one per process, which is interpreted
 * for its first thousand runs and has to come from memory wherever many processes take turns. For the same reason the
 * code that the child calls here and in the two frames does not destructure lists or walk them by `for of`, which is a
 * call for each element until it is optimized, and it reads and writes numbers byte by byte.
 */
import { HEADER_BYTES, ProtocolFault } from './frames.js'

/** The one byte that MessagePack never uses. */
export const PLAIN = 0xc1
/** Where the text begins, counted from that byte. */
export const TEXT_AT = 5
const EMPTY = Buffer.alloc(0)

export const isPlain = (bytes: Uint8Array): boolean => bytes[0] === PLAIN

/**
 * `bytes.toString('latin1', start, end)`, for a range that is there, by the method of Buffer that does it in the end:
 * six functions fewer on the way.
 */
export const latin1 = (bytes: Buffer, start: number, end: number): string =>
  (bytes as Buffer & { latin1Slice: (start: number, end: number) => string }).latin1Slice(
    start,
    end
  )

/** Bytes of the frame, its length in front included. `text` is a binary string. */
export const plainSize = (text: string, body: string | Uint8Array): number =>
  HEADER_BYTES + TEXT_AT + text.length + body.length

/** Writes the frame, its length in front, to the beginning of `target`, which has room for it. */
export function writePlain(target: Buffer, text: string, body: string | Uint8Array): void {
  const { length } = text
  writeLength(target, 0, TEXT_AT + length + body.length)
  target[HEADER_BYTES] = PLAIN
  writeLength(target, HEADER_BYTES + 1, length)
  const at = HEADER_BYTES + TEXT_AT
  target.write(text, at, 'latin1')
  if (body.length === 0) return
  // On its own: to put a long text together with another one is a copy in new memory.
  if (typeof body === 'string') target.write(body, at + length, 'latin1')
  else target.set(body, at + length)
}

/** What stands before the text of such a frame, its length included, as a binary string. */
export function plainStart(textLength: number, bodyLength: number): string {
  const length = TEXT_AT + textLength + bodyLength
  return String.fromCharCode(
    length >>> 24,
    (length >>> 16) & 255,
    (length >>> 8) & 255,
    length & 255,
    PLAIN,
    textLength >>> 24,
    (textLength >>> 16) & 255,
    (textLength >>> 8) & 255,
    textLength & 255
  )
}

/** The frame up to its body, of `bodyLength` bytes, which follows on its own. */
export const plainHead = (text: string, bodyLength: number): Buffer =>
  Buffer.from(plainStart(text.length, bodyLength) + text, 'latin1')

function writeLength(target: Uint8Array, at: number, length: number): void {
  target[at] = length >>> 24
  target[at + 1] = length >>> 16
  target[at + 2] = length >>> 8
  target[at + 3] = length
}

/** A length of 4 bytes that are there. */
export const readLength = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) * 2 ** 24 +
  (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))

/** The text of a frame without its length in front. Throws a ProtocolFault if it is longer than the frame or `max`. */
export function plainText(bytes: Buffer, max = Infinity): string {
  const end = bodyStart(bytes)
  if (end > bytes.length || end - TEXT_AT > max) {
    throw new ProtocolFault('a frame whose text is longer than it may be')
  }
  return bytes.toString('latin1', TEXT_AT, end)
}

/** The body, a view. */
export function plainBody(bytes: Buffer): Buffer {
  const start = bodyStart(bytes)
  return start === bytes.length ? EMPTY : bytes.subarray(start)
}

const bodyStart = (bytes: Buffer): number => {
  if (bytes.length < TEXT_AT) throw new ProtocolFault('a frame that ends in the middle of a value')
  return TEXT_AT + readLength(bytes, 1)
}
