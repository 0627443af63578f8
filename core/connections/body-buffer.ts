/** The pieces of a body, put together. */
import { freeBytes } from '../base/free-bytes.js'
import { largeBuffers } from '../base/large-buffers.js'

/**
 * Once so many bytes have come, room is made for all that are announced, and every piece is copied there and its
 * memory given back. Before, nothing is: what a caller only announces takes no memory.
 */
const RESERVE_FROM = 128 * 1024

export class BodyBuffer {
  /** Bytes so far. */
  size = 0
  private pieces: Buffer[] = []
  private whole: Buffer | undefined

  /**
   * `announced`: how many bytes will come at most; 0: nobody knows. `ownsPieces`: nobody else looks at a piece that was
   * added.
   */
  constructor(
    private readonly announced: number,
    private readonly ownsPieces: boolean
  ) {}

  add(piece: Buffer): void {
    if (this.whole === undefined && this.size >= RESERVE_FROM && this.announced > 0) {
      this.whole = this.joinPieces(largeBuffers.take(this.announced))
      this.pieces = []
    }
    const at = this.size
    this.size += piece.length
    if (this.whole === undefined) this.pieces.push(piece)
    else {
      piece.copy(this.whole, at)
      if (this.ownsPieces) freeBytes(piece)
    }
  }

  /** All bytes that have come; to be called once. A large body may be given back to `largeBuffers` after use. */
  join(): Buffer {
    const { whole, pieces, size } = this
    if (whole !== undefined) return size === whole.length ? whole : whole.subarray(0, size)
    const [first] = pieces
    return first !== undefined && pieces.length === 1
      ? first
      : this.joinPieces(Buffer.allocUnsafe(size))
  }

  /** Nobody wants the body any more. */
  drop(): void {
    if (this.whole !== undefined) largeBuffers.give(this.whole)
  }

  private joinPieces(joined: Buffer): Buffer {
    let at = 0
    for (const piece of this.pieces) {
      at += piece.copy(joined, at)
      if (this.ownsPieces) freeBytes(piece)
    }
    return joined
  }
}
