/**
 * Requests that a caller sends ahead on one connection. Their responses come in order, one after the other, so serving
 * them all at once gains nothing: whoever asks for a page a thousand times in one packet would have a thousand files
 * opened and read, and held until the first response is taken. So few are begun, and the others wait.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Of one connection, at a time. */
const MAX_BEGUN = 16

type Serve = (request: IncomingMessage, response: ServerResponse) => void

interface Ahead {
  begun: number
  readonly waiting: Array<readonly [request: IncomingMessage, response: ServerResponse]>
}

export class RequestsAhead {
  private readonly connections = new WeakMap<Socket, Ahead>()

  constructor(private readonly serve: Serve) {}

  /**
   * Serves the request, now or when its turn is near. Nothing more is read while some wait: those that came in one
   * read of 64 KiB, some 3,000 at most.
   */
  arrive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const ahead = this.aheadOf(socket)
    if (ahead.begun < MAX_BEGUN) return this.begin(ahead, request, response)
    ahead.waiting.push([request, response])
    socket.pause()
  }

  private aheadOf(socket: Socket): Ahead {
    const known = this.connections.get(socket)
    if (known !== undefined) return known
    const made: Ahead = { begun: 0, waiting: [] }
    this.connections.set(socket, made)
    // Node has it go on with each body that is read, or thrown away.
    socket.on('resume', () => {
      if (made.waiting.length > 0) socket.pause()
    })
    return made
  }

  private begin(ahead: Ahead, request: IncomingMessage, response: ServerResponse): void {
    ahead.begun++
    response.once('close', () => {
      if (ahead.waiting.length === 0) {
        ahead.begun--
        return
      }
      // Not before others have had their turn: responses that are there at once would follow each other for long.
      setImmediate(() => {
        ahead.begun--
        this.beginNext(ahead, request.socket)
      })
    })
    this.serve(request, response)
  }

  private beginNext(ahead: Ahead, socket: Socket): void {
    if (socket.destroyed) {
      ahead.waiting.length = 0
      return
    }
    const [next] = ahead.waiting.splice(0, 1)
    if (ahead.waiting.length === 0) socket.resume()
    if (next !== undefined) this.begin(ahead, ...next)
  }
}
