/** Cuts what arrives from a child into frames. */
import { HEADER_BYTES, ProtocolFault } from '../protocol/frames.js'

/**
 * Gives each whole frame to `onFrame`, as a view that is valid until the call returns. Chunks of a frame that
 * is not whole yet are kept in a list and joined once. `onFrame` gives false to hear no more.
 */
export class FrameReader {
  private chunks: Buffer[] = []
  private held = 0
  /** Bytes, header included, of the frame that is being waited for. */
  private needed = HEADER_BYTES

  constructor(
    private readonly limit: number,
    private readonly onFrame: (frame: Buffer) => boolean
  ) {}

  /** Throws a ProtocolFault for an empty frame or one beyond the limit. */
  push(chunk: Buffer): void {
    if (this.held === 0) return this.cut(chunk)
    this.chunks.push(chunk)
    this.held += chunk.length
    if (this.held >= this.needed) this.cut(this.take())
  }

  private cut(bytes: Buffer): void {
    let at = 0
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at)
      if (length === 0 || length > this.limit) {
        throw new ProtocolFault(`a frame of ${length} bytes (from 1 to ${this.limit} are allowed)`)
      }
      const end = at + HEADER_BYTES + length
      if (end > bytes.length) return this.keep(bytes.subarray(at), HEADER_BYTES + length)
      if (!this.onFrame(bytes.subarray(at + HEADER_BYTES, end))) return
      at = end
    }
    if (at < bytes.length) this.keep(bytes.subarray(at), HEADER_BYTES)
  }

  private keep(rest: Buffer, needed: number): void {
    this.chunks = [rest]
    this.held = rest.length
    this.needed = needed
  }

  private take(): Buffer {
    const bytes = Buffer.concat(this.chunks, this.held)
    this.chunks = []
    this.held = 0
    return bytes
  }
}
