/** Bytes that come in pieces, joined; what is beyond a limit is only counted. */
const FIRST_BYTES = 1024

export class ByteCollector {
  /** Of all pieces, kept or not. */
  size = 0
  private kept = 0
  private buffer = Buffer.alloc(0)

  constructor(private readonly limit: number) {}

  /** Copies the piece. */
  add(bytes: Uint8Array): void {
    this.size += bytes.length
    const room = this.limit - this.kept
    if (room <= 0) return
    const piece = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.reserve(this.kept + piece.length)
    this.buffer.set(piece, this.kept)
    this.kept += piece.length
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.kept)
  }

  /** Doubles, so that many small pieces cost no more than their bytes. */
  private reserve(wanted: number): void {
    if (wanted <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, wanted, 2 * this.buffer.length))
    this.buffer.copy(grown, 0, 0, this.kept)
    this.buffer = grown
  }
}
