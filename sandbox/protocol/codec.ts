/** Frames as bytes: MessagePack without extensions; tables are Maps, so that no key has a meaning of its own. */
import { Packr } from 'msgpackr'
import { HEADER_BYTES } from './frames.js'

/** Above this the encoder's work buffer is let go after use. */
const KEEP_BUFFER = 1024 * 1024
/** The same where the buffer is used again: a new one of 1 MiB costs as much as encoding a text of that size. */
const KEEP_REUSED_BUFFER = 4 * KEEP_BUFFER
const SMALL_BUFFER = 8192
/** msgpackr's RESET_BUFFER_MODE: the next value is written over this one. */
const WRITE_OVER = 1024
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
  if (bytes.length > KEEP_BUFFER) releaseEncoder()
  return bytes
}

/** As `encodeFrame`, for a sender that is done with the bytes before the next frame is encoded. */
export function encodeInPlace(frame: readonly unknown[]): Buffer {
  const bytes = pack(frame, ROOM_FOR_LENGTH | WRITE_OVER)
  bytes.writeUInt32BE(bytes.length - HEADER_BYTES, 0)
  if (bytes.length > KEEP_REUSED_BUFFER) releaseEncoder()
  return bytes
}

/** Lets go of the encoder's work buffer. */
export function releaseEncoder(): void {
  packr.useBuffer(Buffer.allocUnsafeSlow(SMALL_BUFFER))
}

/** Bytes inside the value are views of `bytes`. */
export const decodeFrame = (bytes: Uint8Array): unknown => packr.unpack(bytes)
