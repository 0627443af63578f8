/**
 * An answer whose body is a function: `body = function(write) … end`. Status and headers leave before it is called, and
 * each text that it writes leaves at once.
 *
 * A write waits for the server where that takes no more for now, because the caller does not. To ask for each write
 * would cost a round trip; so a few go ahead, for a moment and within STREAM_WINDOW. One that comes later than that
 * always asks, and so a function that writes now and then learns at once that its caller has left.
 */
import { clock } from './clock.js'
import { expectedType, missing } from '../../core/lua/types/mismatch.js'
import {
  Callable,
  LuaRaise,
  Results,
  type CallLua,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  type NativeFunction
} from '../lua/api.js'
import { CHUNK_BYTES, FromChild, MAX_CHUNK, Reply, STREAM_WINDOW } from '../protocol/frames.js'
import { numberToString } from '../../core/base/number-text.js'
import { AnswerFault, readHead } from './response.js'
import { takeUsage } from './usage.js'
import { toWireText } from './wire.js'

/** For so long writes may go ahead of the server's last reply. */
const AHEAD_MS = 1

/** How a stream reaches the server. */
export interface StreamPort {
  readonly send: (frame: readonly unknown[]) => void
  /** Sends a frame and waits for its reply. */
  readonly ask: (frame: readonly unknown[]) => readonly [status: number, value: unknown]
}

/** What a stream knows of its run. `limit`: RESPONSE_LIMIT. */
export interface StreamedRun {
  readonly id: string
  readonly method: string
  readonly limit: number
}

/** Sends the answer, from its head to its end. Throws a LuaFault of the function, or an AnswerFault. */
export function streamAnswer(
  port: StreamPort,
  { id, method, limit }: StreamedRun,
  result: LuaTable,
  body: LuaFunction,
  call: CallLua
): void {
  const { statusCode, headers } = readHead(result)
  port.send([FromChild.head, id, statusCode, headers.map(toWireHeader)])
  if (method !== 'HEAD' && statusCode !== 204 && statusCode !== 304) {
    const stream = new BodyStream(port, limit)
    try {
      call(body, [new Callable('write', stream.write)])
    } finally {
      stream.close()
      stream.checkSize()
    }
  }
  port.send([FromChild.end, id, ...takeUsage()])
}

const toWireHeader = (header: string | readonly string[]): unknown =>
  typeof header === 'string' ? toWireText(header) : header.map(toWireText)

class BodyStream {
  private size = 0
  /** Of chunks since the server's last reply. */
  private ahead = 0
  private repliedAt = -Infinity
  private hasEnded = false
  private isCallerGone = false

  constructor(
    private readonly port: StreamPort,
    private readonly limit: number
  ) {}

  /** `write(text)`: true, or nil and a message when the caller has left. */
  readonly write: NativeFunction = (...args) => {
    const text = toBody(args)
    if (this.hasEnded) throw new LuaRaise("'write' was called after the answer had ended")
    if (!this.isCallerGone) this.send(text)
    return this.isCallerGone ? new Results([undefined, 'client closed']) : true
  }

  /** What is written afterwards is an error. */
  close(): void {
    this.hasEnded = true
  }

  /** Throws an AnswerFault when more was written than may be, also where the function has caught that error. */
  checkSize(): void {
    if (this.size > this.limit) throw new AnswerFault('limit', this.tooLarge())
  }

  private tooLarge(): string {
    return `the body of the answer has more than ${this.limit} bytes (RESPONSE_LIMIT)`
  }

  private send(text: string): void {
    this.size += text.length
    if (this.size > this.limit) throw new LuaRaise(this.tooLarge())
    let at = 0
    do {
      this.sendChunk(Buffer.from(text.slice(at, at + MAX_CHUNK), 'latin1'))
      at += MAX_CHUNK
    } while (at < text.length && !this.isCallerGone)
  }

  private sendChunk(bytes: Buffer): void {
    this.ahead += bytes.length + CHUNK_BYTES
    const isAhead = this.ahead <= STREAM_WINDOW && clock() - this.repliedAt < AHEAD_MS
    if (isAhead) return this.port.send([FromChild.chunk, bytes, false])
    const [status] = this.port.ask([FromChild.chunk, bytes, true])
    this.isCallerGone = status !== Reply.value
    this.ahead = 0
    this.repliedAt = clock()
  }
}

function toBody(args: readonly LuaValue[]): string {
  const [value] = args
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberToString(value)
  const { reason } = expectedType('string', args.length === 0 ? missing : value)
  throw new LuaRaise(`bad argument #1 to 'write' (${reason})`)
}
