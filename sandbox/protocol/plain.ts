/**
 * Frames of every run, its beginning and its answer, are *plain*: a byte that begins no MessagePack value, the length
 * of a text (4 bytes, big-endian), the text in Latin-1, and a body to the end. V8's own code makes and takes them
 * apart, and all processes share that in the processor's caches; MessagePack's code is one per process, which is
 * interpreted for its first thousand runs and has to come from memory wherever many processes take turns.
 */
import { HEADER_BYTES, ProtocolFault } from '../protocol.js'

/** The one byte that MessagePack never uses. */
const PLAIN = 0xc1
const TEXT_AT = 5

export const isPlain = (bytes: Uint8Array): boolean => bytes[0] === PLAIN

/** Bytes of the frame, its length in front included. `text` is a binary string. */
export const plainSize = (text: string, body: string | Uint8Array): number => HEADER_BYTES + TEXT_AT + text.length + body.length

/** Writes the frame, its length in front, to the beginning of `target`, which has room for it. */
export function writePlain (target: Buffer, text: string, body: string | Uint8Array): void {
  const bodyAt = HEADER_BYTES + TEXT_AT + text.length
  target.writeUInt32BE(bodyAt + body.length - HEADER_BYTES, 0)
  target[HEADER_BYTES] = PLAIN
  target.writeUInt32BE(text.length, HEADER_BYTES + 1)
  target.write(text, HEADER_BYTES + TEXT_AT, 'latin1')
  if (body.length === 0) return
  if (typeof body === 'string') target.write(body, bodyAt, 'latin1')
  else target.set(body, bodyAt)
}

/** The text of a frame without its length in front. Throws a ProtocolFault where it is longer than the frame, or than `max`. */
export function plainText (bytes: Buffer, max = Infinity): string {
  const end = bodyStart(bytes)
  if (end > bytes.length || end - TEXT_AT > max) throw new ProtocolFault('a frame whose text is longer than it may be')
  return bytes.toString('latin1', TEXT_AT, end)
}

/** The body, a view. */
export const plainBody = (bytes: Buffer): Buffer => bytes.subarray(bodyStart(bytes))

const bodyStart = (bytes: Buffer): number => {
  if (bytes.length < TEXT_AT) throw new ProtocolFault('a frame that ends in the middle of a value')
  return TEXT_AT + bytes.readUInt32BE(1)
}
