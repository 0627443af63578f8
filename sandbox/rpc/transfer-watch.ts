/** Notes when a channel was last seen to move large frames, which go in many pieces, a turn of the event loop each. */
import type { Duplex } from 'node:stream'

/** So many bytes between two looks are no small frames, unless a run does little else than to send them. */
const LARGE = 64 * 1024

/** What Node's sockets count. */
type Counting = Duplex & {
  readonly bytesRead?: number
  readonly bytesWritten?: number
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

export class TransferWatch {
  /** Of `performance.now()`. */
  lastAt = 0
  private moved = 0

  /** `socket` gives the channel's, once there is one. */
  constructor(private readonly socket: () => Counting | undefined) {}

  /** To be called again and again. */
  look(now: number): void {
    const socket = this.socket()
    if (socket === undefined) return
    const moved = movedBy(socket)
    if (moved - this.moved >= LARGE) this.lastAt = now
    this.moved = moved
  }
}

/** Grows as bytes come, and as the system takes others: what it has taken of the write going on, the handle tells. */
const movedBy = ({ bytesRead = 0, bytesWritten = 0, writableLength, _handle }: Counting): number =>
  bytesRead + bytesWritten - writableLength - (_handle?.writeQueueSize ?? 0)
