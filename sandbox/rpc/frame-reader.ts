/** Cuts what arrives from a child into frames. */
import { freeBytes } from '../../core/base/free-bytes.js'
import { largeBuffers } from '../../core/base/large-buffers.js'
import { HEADER_BYTES, ProtocolFault } from '../protocol/frames.js'
import { isPlain } from '../protocol/plain.js'

const nothing: Buffer = Buffer.alloc(0)

/**
 * Gives each whole frame to `onFrame`, as a view of what was pushed, or, of a frame that came in several chunks, of
 * memory of its own, into which every chunk is copied as it comes; that of a large answer may be given back to
 * `largeBuffers`. `onFrame` gives false to hear no more. What is pushed belongs to the reader from then on.
 */
export class FrameReader {
  /** The beginning of a header. */
  private header = nothing
  /** Room for the frame of which only a part has come, and how many bytes that is. */
  private frame = nothing
  private filled = 0

  constructor(
    private readonly limit: number,
    private readonly onFrame: (frame: Buffer) => boolean
  ) {}

  /** Throws a ProtocolFault for an empty frame or one beyond the limit. */
  push(chunk: Buffer): void {
    if (this.frame.length > 0) return this.fill(chunk)
    if (this.header.length === 0) return this.cut(chunk, 0)
    const bytes = Buffer.concat([this.header, chunk])
    this.header = nothing
    this.cut(bytes, 0)
  }

  private fill(chunk: Buffer): void {
    const { frame } = this
    const copied = chunk.copy(frame, this.filled)
    this.filled += copied
    if (this.filled === frame.length) {
      this.frame = nothing
      if (!this.onFrame(frame)) return
    }
    if (copied < chunk.length) this.cut(chunk, copied)
    else freeBytes(chunk)
  }

  private cut(bytes: Buffer, from: number): void {
    let at = from
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at)
      if (length === 0 || length > this.limit) {
        throw new ProtocolFault(`a frame of ${length} bytes (from 1 to ${this.limit} are allowed)`)
      }
      const start = at + HEADER_BYTES
      const end = start + length
      if (end > bytes.length) {
        this.keep(bytes, start, length)
        if (at === 0) freeBytes(bytes)
        return
      }
      if (!this.onFrame(bytes.subarray(start, end))) return
      at = end
    }
    if (at < bytes.length) this.header = bytes.subarray(at)
  }

  private keep(bytes: Buffer, start: number, length: number): void {
    // Only of an answer is it known when its bytes are not needed any more.
    const isAnswer = isPlain(bytes.subarray(start))
    this.frame = isAnswer ? largeBuffers.take(length) : Buffer.allocUnsafe(length)
    this.filled = bytes.copy(this.frame, 0, start)
  }
}
