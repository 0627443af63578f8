/**
 * The body of a run as a text of Lua. A large one is put together of pieces: a text of its own would be memory that is
 * new each time, 0.7 ms of the processor a MiB, where pieces lie in V8's young generation, whose memory stays (0.1 ms).
 * V8 makes one text of them by itself when a run looks into it (0.3 ms more than if it had been one at once); a run
 * that only passes it on never needs that.
 */
import { fromBytes } from '../../core/base/binary.js'

/** V8 keeps longer texts than twice this apart from all others, in memory of their own. */
const PIECE_BYTES = 64 * 1024

export interface BodyText {
  /** A binary string. */
  readonly text: string
  /** What it was put together of; undefined: it is not large. */
  readonly pieces: readonly string[] | undefined
}

const none: BodyText = { text: '', pieces: undefined }

export function toBodyText(bytes: Uint8Array): BodyText {
  const { length } = bytes
  if (length === 0) return none
  if (length <= 2 * PIECE_BYTES) return { text: fromBytes(bytes), pieces: undefined }
  const pieces: string[] = []
  let text = ''
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const piece = fromBytes(bytes.subarray(at, at + PIECE_BYTES))
    pieces.push(piece)
    text += piece
  }
  return { text, pieces }
}
