/**
 * The streamed answer of a process's run: its head, chunk after chunk, its end. A chunk that the child waits for is
 * replied to when the caller takes more, so the server holds no more of an answer than STREAM_WINDOW and one chunk.
 */
import type { Answer, AnswerHead } from '../../core/contracts/invocation.js'
import {
  CHUNK_BYTES,
  FromChild,
  MAX_CHUNK,
  ProtocolFault,
  Reply,
  STREAM_WINDOW,
  ToChild
} from '../protocol/frames.js'
import type { Invocation } from '../invocation.js'
import type { BodySink } from '../job.js'
import { readHead } from './frames-from-child.js'

const noBody = new Uint8Array(0)

interface OpenStream {
  readonly head: AnswerHead
  readonly sink: BodySink
  /** Bytes so far. */
  size: number
  /** Bytes, and some for each chunk, since the child was last replied to. */
  ahead: number
  isAwaited: boolean
}

export class AnswerStream {
  private current: OpenStream | undefined

  /** `limit`: RESPONSE_LIMIT, which holds for the whole of a stream. */
  constructor(
    private readonly limit: number,
    private readonly reply: (frame: readonly unknown[]) => void
  ) {}

  /** Its child waits until the caller takes more. */
  get isAwaited(): boolean {
    return this.current?.isAwaited === true
  }

  /** A head or a chunk. Throws a ProtocolFault for one that may not come now, as while a call waits for its reply. */
  take(invocation: Invocation, frame: readonly unknown[], isCalling: boolean): void {
    if (isCalling) throw new ProtocolFault('a piece of an answer in the middle of a call')
    if (frame[0] === FromChild.head) this.begin(invocation, frame)
    else this.chunk(invocation, frame)
  }

  private begin(invocation: Invocation, frame: readonly unknown[]): void {
    if (this.current !== undefined) throw new ProtocolFault('a second answer of one run')
    if (frame[1] !== invocation.executionId || invocation.job.kind !== 'invoke') {
      throw new ProtocolFault('an answer of a run that this process does not have')
    }
    const head = readHead(frame)
    const sink = invocation.openStream(head)
    this.current = { head, sink, size: 0, ahead: 0, isAwaited: false }
  }

  private chunk(invocation: Invocation, [, bytes, isAwaited]: readonly unknown[]): void {
    const stream = this.current
    if (stream === undefined || stream.isAwaited) throw new ProtocolFault('a chunk out of turn')
    if (!(bytes instanceof Uint8Array) || bytes.length > MAX_CHUNK) {
      throw new ProtocolFault('a chunk that is no bytes, or more than allowed')
    }
    stream.size += bytes.length
    stream.ahead += bytes.length + CHUNK_BYTES
    if (stream.size > this.limit) throw new ProtocolFault('an answer with more than is allowed')
    if (bytes.length > 0) stream.sink.write(bytes)
    if (isAwaited === true) this.replyWhenTaken(stream, invocation)
    else if (stream.ahead > STREAM_WINDOW) throw new ProtocolFault('chunks too far ahead')
  }

  /** The answer, whose body its sink has. Throws a ProtocolFault when there is none. */
  end(): Answer {
    const stream = this.current
    if (stream === undefined) throw new ProtocolFault('the end of an answer that has not begun')
    this.current = undefined
    return { ...stream.head, body: noBody, isBase64Encoded: false }
  }

  /** Throws a ProtocolFault when a whole answer comes in the middle of another. */
  checkNone(): void {
    if (this.current !== undefined) throw new ProtocolFault('a second answer of one run')
  }

  /** Its run has failed, or its process is no more. */
  drop(): void {
    this.current = undefined
  }

  private replyWhenTaken(stream: OpenStream, invocation: Invocation): void {
    stream.isAwaited = true
    stream.ahead = 0
    invocation.beginCall()
    invocation.beginWait()
    stream.sink.whenReady(isOpen => {
      if (this.current !== stream) return
      stream.isAwaited = false
      invocation.endCall()
      this.reply(
        isOpen
          ? [ToChild.reply, Reply.value, true]
          : [ToChild.reply, Reply.failure, 'client closed']
      )
    })
  }
}
