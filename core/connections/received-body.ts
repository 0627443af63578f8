/**
 * The body of a request, counted as it arrives, whoever reads it: it stands before the stream's own `push`.
 * Only requests that have a body get one; the others, which are most, are Node's alone.
 *
 * States: counted (it is received and held) → dropped (refused, or answered already: what still comes is thrown
 * away). What it held is given back once, by `release`.
 */
import { IncomingMessage } from 'node:http'
import { MoonletError } from '../errors.js'
import type { ByteBudget } from './byte-budget.js'

/** A request that was answered before its body was there has so long to send the rest, as nobody knows where it ends otherwise. */
const DRAIN_MS = 5000

const key = Symbol('body')
type Known = IncomingMessage & { [key]?: ReceivedBody }

export class ReceivedBody {
  /** Why there will be no body: it found no room. */
  refusal: MoonletError | undefined
  /** A run has the body: it is released when that ends, not when the answer is sent. */
  kept = false
  private held = 0
  private dropping = false
  private dropped = 0

  /**
   * To be made before any of the body has come. At most `dropMax` bytes are dropped before the connection is closed.
   */
  constructor (private readonly request: Known, private readonly budget: ByteBudget, private readonly dropMax: number) {
    request[key] = this
    request.push = (chunk, encoding) => this.push(chunk as Buffer | null, encoding)
  }

  /** Undefined: the request has no body, or did not come over a connection. */
  static of (request: Known): ReceivedBody | undefined { return request[key] }

  /** Gives back what the body held. */
  release (): void {
    this.budget.give(this.held)
    this.held = 0
  }

  /** The answer is complete and the body is not: its rest is dropped, within bounds of bytes and time. */
  discard (): void {
    const { request } = this
    this.dropping = true
    this.release()
    request.resume()
    const timer = setTimeout(() => { request.socket.destroy() }, DRAIN_MS).unref()
    request.once('close', () => { clearTimeout(timer) })
  }

  private push (chunk: Buffer | null, encoding: BufferEncoding | undefined): boolean {
    const { request, budget } = this
    const pass = (): boolean => IncomingMessage.prototype.push.call(request, chunk, encoding)
    if (chunk === null) return pass()
    const { length } = chunk
    if (this.dropping) {
      this.dropped += length
      if (this.dropped > this.dropMax) request.socket.destroy()
      return true
    }
    if (!budget.hasRoomForBody(this.held, length)) {
      this.refuse(noRoom(budget.limit))
      return true
    }
    budget.take(length)
    this.held += length
    return pass()
  }

  private refuse (error: MoonletError): void {
    this.dropping = true
    this.refusal = error
    this.release()
    if (this.request.listenerCount('error') > 0) this.request.emit('error', error)
  }
}

/** Calls `listener` once, when somebody begins to read the body: a caller with `Expect: 100-continue` waits for that. */
export function whenRead (request: IncomingMessage, listener: () => void): void {
  let begun = false
  request._read = size => {
    if (!begun) listener()
    begun = true
    IncomingMessage.prototype._read.call(request, size)
  }
}

/** Made once for a limit: under attack there are thousands a second. */
const errors = new Map<number, MoonletError>()

/** What a caller is told whose body or answer finds no room. */
export function noRoom (limit: number): MoonletError {
  const known = errors.get(limit)
  if (known !== undefined) return known
  const message = `Too much is being received and sent at the moment (BUFFERED_BYTES_MAX is ${limit} bytes)`
  const made = new MoonletError('NO_ROOM', message, { headers: { 'Retry-After': '1' } })
  errors.set(limit, made)
  return made
}
