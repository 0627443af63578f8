/**
 * The body of a request, counted as it arrives, whoever reads it: it stands before the stream's own `push`.
 * Only requests that have a body get one; the others, which are most, are Node's alone.
 *
 * States: counted (it is received and held) → dropped (refused, or answered already: what still comes is thrown
 * away). What it held is given back once, by `release`.
 */
import { IncomingMessage } from 'node:http'
import { MoonletError } from '../base/errors.js'
import type { ByteBudget } from './byte-budget.js'
import { ownerOf } from './owner.js'
import { limitTexts } from '../base/limit-texts.js'

/** What every chunk takes in memory, until the body is put together. */
const CHUNK_COST = 256
/**
 * Chunks of fewer bytes are put together before anybody gets them: a stranger may send every byte in one of its own.
 */
const SMALL = 1024
const GATHERED = 4096

/**
 * A request that was answered before its body was there has so long to send the rest, as nobody knows where it ends
 * otherwise.
 */
const DRAIN_MS = 5000

const key = Symbol('body')
type Known = IncomingMessage & { [key]?: ReceivedBody }

export class ReceivedBody {
  /** Why there will be no body: it found no room. */
  refusal: MoonletError | undefined
  private kept = false
  /** What it is entered with in the budget. */
  private held = 0
  private bytes = 0
  private chunks = 0
  private dropping = false
  private dropped = 0
  private readonly owner: string
  private gathered: Buffer | undefined
  private gatheredBytes = 0
  private hasRoomInStream = true

  /**
   * To be made before any of the body has come. At most `dropMax` bytes are dropped before the connection is closed.
   */
  constructor(
    private readonly request: Known,
    private readonly budget: ByteBudget,
    private readonly dropMax: number
  ) {
    request[key] = this
    this.owner = ownerOf(request)
    request.push = (chunk, encoding) => this.push(chunk as Buffer | null, encoding)
  }

  /** Undefined: the request has no body, or did not come over a connection. */
  static of(request: Known): ReceivedBody | undefined {
    return request[key]
  }

  /** A run has the whole body: it is given back when that ends, not when the response is sent. */
  keep(): void {
    this.kept = true
    this.hold(this.bytes)
  }

  /** Gives back what the body held. */
  release(): void {
    this.hold(0)
  }

  private hold(bytes: number): void {
    this.budget.take(bytes - this.held, this.owner)
    this.held = bytes
  }

  /** The response is sent, or the caller has left: what the body held is given back, unless its run still has it. */
  answered(): void {
    const { request } = this
    if (!this.kept) this.release()
    if (!request.complete && !request.socket.destroyed) this.discard()
  }

  /** The response is complete and the body is not: its rest is dropped, within bounds of bytes and time. */
  private discard(): void {
    const { request } = this
    this.dropping = true
    this.release()
    request.resume()
    const timer = setTimeout(() => {
      request.socket.destroy()
    }, DRAIN_MS).unref()
    request.once('close', () => {
      clearTimeout(timer)
    })
  }

  private push(chunk: Buffer | null, encoding: BufferEncoding | undefined): boolean {
    const { request } = this
    if (chunk === null) {
      this.passGathered()
      return IncomingMessage.prototype.push.call(request, null, encoding)
    }
    if (this.dropping) {
      this.dropped += chunk.length
      if (this.dropped > this.dropMax) request.socket.destroy()
      return true
    }
    if (chunk.length < SMALL && String(chunk.length) !== request.headers['content-length']) {
      return this.gather(chunk)
    }
    this.passGathered()
    return this.pass(chunk)
  }

  private gather(chunk: Buffer): boolean {
    if (this.gatheredBytes + chunk.length > GATHERED) this.passGathered()
    this.gathered ??= Buffer.allocUnsafe(GATHERED)
    if (this.gatheredBytes === 0) {
      setImmediate(() => {
        this.passGathered()
      })
    }
    chunk.copy(this.gathered, this.gatheredBytes)
    this.gatheredBytes += chunk.length
    return this.hasRoomInStream
  }

  private passGathered(): void {
    const { gathered, gatheredBytes } = this
    this.gatheredBytes = 0
    if (gathered === undefined || gatheredBytes === 0 || this.dropping) return
    this.pass(Buffer.from(gathered.subarray(0, gatheredBytes)))
  }

  private pass(chunk: Buffer): boolean {
    const { budget, owner, request } = this
    const bytes = this.bytes + chunk.length
    const chunks = this.chunks + 1
    const held = Math.max(bytes, chunks * CHUNK_COST)
    if (!budget.hasRoomForBody(owner, held - this.held)) {
      this.refuse(noRoom(budget.limit))
      return true
    }
    this.hold(held)
    this.bytes = bytes
    this.chunks = chunks
    this.hasRoomInStream = IncomingMessage.prototype.push.call(request, chunk)
    return this.hasRoomInStream
  }

  private refuse(error: MoonletError): void {
    this.dropping = true
    this.refusal = error
    this.release()
    if (this.request.listenerCount('error') > 0) this.request.emit('error', error)
  }
}

/**
 * Calls `listener` once, when somebody begins to read the body: a caller with `Expect: 100-continue` waits for that.
 */
export function whenRead(request: IncomingMessage, listener: () => void): void {
  let begun = false
  request._read = size => {
    if (!begun) listener()
    begun = true
    IncomingMessage.prototype._read.call(request, size)
  }
}

/** Made once for a limit: under attack there are thousands a second. */
const errors = new Map<number, MoonletError>()

/** The error for a caller whose body or response finds no room. */
export function noRoom(limit: number): MoonletError {
  const known = errors.get(limit)
  if (known !== undefined) return known
  const made = new MoonletError('NO_ROOM', limitTexts.noRoom(limit), {
    headers: { 'Retry-After': '1' }
  })
  errors.set(limit, made)
  return made
}
