/**
 * A streamed answer on its connection: status and headers leave at once, then each piece as it comes. How the stream
 * ended, its caller sees by how the body ends: whole, or broken off.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { deferToTickEnd } from '../../../core/base/tick.js'
import { onSocketClose } from '../../../core/connections/caller.js'
import { closeBehind } from '../../../core/connections/open-responses.js'
import type { Outcome, StreamHead, StreamReceiver } from '../../../core/contracts/invocation.js'
import { setStreamHead, type Sending } from './send-outcome.js'

export class StreamedReply implements StreamReceiver {
  private readonly response: ServerResponse
  private readonly socket: ServerResponse['req']['socket']
  private readonly stopWatching: () => void
  private pieces: Uint8Array[] = []
  private waiting: ((isOpen: boolean) => void) | undefined

  constructor(
    private readonly reply: FastifyReply,
    head: StreamHead,
    sending: Sending
  ) {
    const { raw } = reply
    this.response = raw
    this.socket = raw.req.socket
    setStreamHead(reply, head, sending)
    if (!reply.hasHeader('content-type')) reply.header('content-type', 'text/plain; charset=utf-8')
    if (raw.statusCode === 204 || raw.statusCode === 304) reply.removeHeader('content-type')
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) raw.setHeader(name, value)
    }
    raw.flushHeaders()
    const tell = (): void => {
      this.tellWaiting()
    }
    raw.on('drain', tell)
    this.stopWatching = onSocketClose(this.socket, tell)
  }

  /** Pieces of one tick leave together: thousands of small ones cost a write of the socket each else. */
  write(bytes: Uint8Array): void {
    if (this.pieces.push(bytes) === 1) {
      deferToTickEnd(() => {
        this.flush()
      })
    }
  }

  whenReady(tell: (isOpen: boolean) => void): void {
    this.waiting = tell
    this.flush()
    if (this.socket.destroyed || !this.response.writableNeedDrain) this.tellWaiting()
  }

  /** Only a stream that its function has ended is ended as a whole one. */
  end({ fault }: Outcome): FastifyReply {
    if (fault !== undefined) return this.breakOff()
    this.stopWatching()
    this.flush()
    if (!this.socket.destroyed) this.response.end()
    return this.reply
  }

  /** What was written still leaves, but not the end of the body. */
  breakOff(): FastifyReply {
    const { response, socket } = this
    this.stopWatching()
    this.flush()
    closeBehind(response, response.req)
    if (response.socket !== null) socket.destroySoon()
    // Others that were asked for on this connection are answered first.
    else {
      response.once('socket', () => {
        setImmediate(() => {
          socket.destroySoon()
        })
      })
    }
    return this.reply
  }

  private flush(): void {
    const { pieces } = this
    const [first] = pieces
    if (first === undefined) return
    this.pieces = []
    if (this.socket.destroyed) return
    this.response.write(pieces.length === 1 ? first : Buffer.concat(pieces))
  }

  private tellWaiting(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.(!this.socket.destroyed)
  }
}
