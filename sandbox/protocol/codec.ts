/** Frames as bytes: MessagePack without extensions; tables are Maps, so that no key has a meaning of its own. */
import { Packr } from 'msgpackr'
import { HEADER_BYTES } from './frames.js'

/** Above this the encoder's work buffer is let go after use. */
const KEEP_BUFFER = 1024 * 1024
/** msgpackr's RESERVE_START_SPACE: leaves room for the length in front of the value. */
const ROOM_FOR_LENGTH = 2048 | HEADER_BYTES

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: false,
  moreTypes: false,
  encodeUndefinedAsNil: true
})
const pack = packr.pack.bind(packr) as (value: unknown, options?: number) => Buffer

/** The frame with its length in front. Bytes are the caller's; they are not used again. */
export function encodeFrame(frame: readonly unknown[]): Buffer {
  const bytes = pack(frame, ROOM_FOR_LENGTH)
  bytes.writeUInt32BE(bytes.length - HEADER_BYTES, 0)
  if (bytes.length > KEEP_BUFFER) packr.useBuffer(Buffer.allocUnsafeSlow(8192))
  return bytes
}

/** Bytes inside the value are views of `bytes`. */
export const decodeFrame = (bytes: Uint8Array): unknown => packr.unpack(bytes)
