/**
 * The server's end of a channel. Frames of one tick leave in one write. Reading never waits for writing, so
 * that a child and the server may send large frames at each other at the same time; it pauses only when the
 * child sends faster than the server can follow.
 */
import type { Duplex } from 'node:stream'
import { deferToTickEnd, flushIfLate } from '../../core/base/tick.js'
import { budgets } from './budgets.js'
import { decodeAnswer } from '../protocol/answer-frame.js'
import { decodeFrame, encodeFrame } from '../protocol/codec.js'
import { isPlain } from '../protocol/plain.js'
import { checkFrame } from './frame-check.js'
import { FrameReader } from './frame-reader.js'
import { ProtocolFault } from '../protocol/frames.js'

/** Up to this size frames of one tick are joined before they are written. */
const JOIN_BYTES = 64 * 1024

export interface ChannelEnd {
  /** `size` in bytes. Throws a ProtocolFault for a frame that may not come now. */
  readonly onFrame: (frame: readonly unknown[], size: number) => void
  /** The child broke the protocol, or (with a cause) handling its frame failed; nothing more is read. */
  readonly onBreach: (reason: string, cause?: unknown) => void
  /** Nothing more will come. */
  readonly onEnd: () => void
}

export class Channel {
  private queue: Buffer[] = []
  private closed = false
  private framesSincePause = 0
  private held = false
  /** Undefined until it is there. */
  socket: Duplex | undefined

  /** What is sent before there is a socket waits for it. */
  constructor(
    socket: Duplex | Promise<Duplex>,
    private readonly limit: number,
    private readonly end: ChannelEnd
  ) {
    if (!(socket instanceof Promise)) this.attach(socket)
    else {
      void socket.then(attached => {
        this.attach(attached)
        if (this.closed) attached.destroy()
        else if (attached.closed) this.onClose()
        else this.flush()
      })
    }
  }

  private attach(socket: Duplex): void {
    this.socket = socket
    const reader = new FrameReader(this.limit, bytes => this.receive(bytes))
    socket.on('data', (chunk: Buffer) => {
      this.read(reader, chunk)
    })
    socket.on('error', () => {
      this.close()
    })
    socket.on('close', () => {
      this.onClose()
    })
  }

  private onClose(): void {
    this.closed = true
    this.end.onEnd()
  }

  /** Sends a frame with the others of this tick. Nothing happens once the channel is closed. */
  send(frame: readonly unknown[]): void {
    this.sendEncoded(encodeFrame(frame))
  }

  sendEncoded(bytes: Buffer): void {
    if (this.closed) return
    if (this.queue.push(bytes) === 1) flushLater(this)
  }

  /**
   * Sends a frame, and what waits before it, at once: the child does nothing until it has it, and can go on
   * while the rest of this tick is done. `whenSent` is called once nobody reads the bytes any more, which may be never
   * where the channel closes, or has no socket yet.
   */
  sendNow(bytes: Buffer, whenSent?: () => void): void {
    if (this.closed) return
    if (this.queue.length === 0 && this.socket !== undefined) {
      this.socket.write(bytes, whenSent)
      return
    }
    this.queue.push(bytes)
    this.flush(whenSent)
  }

  flush(whenSent?: () => void): void {
    const { queue, socket } = this
    if (socket === undefined) return
    this.queue = []
    if (this.closed) return
    const [first] = queue
    if (first === undefined) return
    if (queue.length === 1) socket.write(first, whenSent)
    else if (queue.reduce((sum, bytes) => sum + bytes.length, 0) <= JOIN_BYTES) {
      socket.write(Buffer.concat(queue), whenSent)
    } else writeAll(socket, queue, whenSent)
  }

  /** Bytes that the child has not taken yet, those of this tick aside. */
  get unsent(): number {
    return this.socket?.writableLength ?? 0
  }

  /** Stops reading until `release`, so that the child has to wait. */
  hold(): void {
    this.held = true
    this.socket?.pause()
  }

  release(): void {
    this.held = false
    if (!this.closed) this.socket?.resume()
  }

  close(): void {
    this.closed = true
    this.queue = []
    this.socket?.destroy()
  }

  private read(reader: FrameReader, chunk: Buffer): void {
    this.framesSincePause = 0
    try {
      reader.push(chunk)
    } catch (error) {
      this.breach(error)
    }
    flushIfLate()
    // A child that floods gets its turn with the others, not before them.
    if (this.framesSincePause > budgets.framesAtOnce && !this.closed && !this.held) {
      this.socket?.pause()
      setImmediate(() => {
        if (!this.held) this.release()
      })
    }
  }

  private receive(bytes: Buffer): boolean {
    this.framesSincePause++
    try {
      this.end.onFrame(isPlain(bytes) ? decodeAnswer(bytes) : decodeChecked(bytes), bytes.length)
    } catch (error) {
      this.breach(error)
    }
    return !this.closed
  }

  private breach(error: unknown): void {
    if (this.closed) return
    this.close()
    if (error instanceof ProtocolFault) this.end.onBreach(error.message)
    else this.end.onBreach('a frame that cannot be handled', error)
  }
}

function decodeChecked(bytes: Buffer): readonly unknown[] {
  checkFrame(bytes)
  const frame = decodeFrame(bytes)
  if (!Array.isArray(frame)) throw new ProtocolFault('a frame that is no list')
  return frame
}

/** In one system call, as far as the kernel takes them. */
function writeAll(socket: Duplex, queue: readonly Buffer[], whenSent?: () => void): void {
  socket.cork()
  const last = queue.length - 1
  for (const [i, bytes] of queue.entries()) socket.write(bytes, i === last ? whenSent : undefined)
  socket.uncork()
}

let waiting: Channel[] = []

/** All channels with something to send are flushed once, after the events of this turn of the loop. */
function flushLater(channel: Channel): void {
  if (waiting.push(channel) === 1) deferToTickEnd(flushAll)
}

function flushAll(): void {
  const channels = waiting
  waiting = []
  for (const channel of channels) channel.flush()
}
