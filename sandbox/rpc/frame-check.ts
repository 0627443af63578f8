/**
 * Looks through a frame before anything is made of it: whole, no deeper than allowed, and of nil, booleans,
 * numbers, texts, bytes, lists and maps with text keys only, and of no more values than a call may have. A child can
 * therefore not reach the decoder's extensions, make it allocate by a forged length, hide bytes behind the value, or
 * hold the event loop up by what decoding costs.
 */
import { MAX_DEPTH, MAX_FRAME_VALUES, ProtocolFault } from '../protocol/frames.js'

/** Values that the frame at hand may still have. */
let left = 0

/** Throws a ProtocolFault unless `bytes` is exactly one allowed MessagePack value. */
export function checkFrame(bytes: Buffer): void {
  left = MAX_FRAME_VALUES
  const end = skip(bytes, 0, 0)
  if (end !== bytes.length) {
    throw new ProtocolFault(`${bytes.length - end} bytes after the end of a frame's value`)
  }
}

/** The offset behind the value at `at`. */
function skip(bytes: Buffer, at: number, depth: number): number {
  if (at >= bytes.length) throw cut()
  const byte = bytes[at] as number
  if (byte < 0x80 || byte >= 0xe0) return at + 1
  if (byte < 0x90) return skipItems(bytes, at + 1, byte & 0x0f, true, depth)
  if (byte < 0xa0) return skipItems(bytes, at + 1, byte & 0x0f, false, depth)
  if (byte < 0xc0) return within(bytes, at + 1 + (byte & 0x1f))
  switch (byte) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return at + 1
    case 0xcc:
    case 0xd0:
      return within(bytes, at + 2)
    case 0xcd:
    case 0xd1:
      return within(bytes, at + 3)
    case 0xca:
    case 0xce:
    case 0xd2:
      return within(bytes, at + 5)
    case 0xcb:
      return within(bytes, at + 9)
    case 0xc4:
    case 0xd9:
      return within(bytes, at + 2 + length(bytes, at + 1, 1))
    case 0xc5:
    case 0xda:
      return within(bytes, at + 3 + length(bytes, at + 1, 2))
    case 0xc6:
    case 0xdb:
      return within(bytes, at + 5 + length(bytes, at + 1, 4))
    case 0xdc:
      return skipItems(bytes, at + 3, length(bytes, at + 1, 2), false, depth)
    case 0xdd:
      return skipItems(bytes, at + 5, length(bytes, at + 1, 4), false, depth)
    case 0xde:
      return skipItems(bytes, at + 3, length(bytes, at + 1, 2), true, depth)
    case 0xdf:
      return skipItems(bytes, at + 5, length(bytes, at + 1, 4), true, depth)
    default:
      throw new ProtocolFault(`a value of the forbidden type 0x${byte.toString(16)} in a frame`)
  }
}

function skipItems(
  bytes: Buffer,
  at: number,
  count: number,
  keyed: boolean,
  depth: number
): number {
  if (depth >= MAX_DEPTH) throw new ProtocolFault(`a frame nested deeper than ${MAX_DEPTH} levels`)
  left -= count
  if (left < 0) throw new ProtocolFault(`a frame of more than ${MAX_FRAME_VALUES} values`)
  for (let i = 0; i < count; i++) {
    if (keyed) {
      if (!isText(bytes[at])) throw new ProtocolFault('a map key in a frame that is no text')
      at = skip(bytes, at, depth + 1)
    }
    at = skip(bytes, at, depth + 1)
  }
  return at
}

const isText = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0xa0 && byte < 0xc0) || (byte >= 0xd9 && byte <= 0xdb))

function length(bytes: Buffer, at: number, size: 1 | 2 | 4): number {
  within(bytes, at + size)
  return size === 1
    ? bytes.readUInt8(at)
    : size === 2
      ? bytes.readUInt16BE(at)
      : bytes.readUInt32BE(at)
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw cut()
  return end
}

const cut = () => new ProtocolFault('a frame that ends in the middle of a value')
