/**
 * A request whose body is counted as it arrives, whoever reads it. Node makes every request of the server one.
 *
 * States of a body: counted (it is received and held) → dropped (refused, or answered already: what still comes is
 * thrown away). What it held is given back once, by `release`.
 */
import { IncomingMessage } from 'node:http'
import { MoonletError } from '../errors.js'
import type { ByteBudget } from './byte-budget.js'

/** A request that was answered before its body was there has so long to send the rest, as nobody knows where it ends otherwise. */
const DRAIN_MS = 5000

export interface Account {
  readonly budget: ByteBudget
  /** As much of a body is dropped before its connection is closed. */
  readonly dropMax: number
}

export class ReceivedRequest extends IncomingMessage {
  /** Why there will be no body: it found no room. */
  refusal: MoonletError | undefined
  /** A run has the body: it is released when that ends, not when the answer is sent. */
  kept = false
  private account: Account | undefined
  private onRead: (() => void) | undefined
  private held = 0
  private dropping = false
  private dropped = 0

  /** To be called before any of the body has come. */
  count (account: Account): void { this.account = account }

  /** Calls `listener` when somebody begins to read the body, which a caller with `Expect: 100-continue` waits for. */
  whenRead (listener: () => void): void { this.onRead = listener }

  /** Gives back what the body held. */
  release (): void {
    this.account?.budget.give(this.held)
    this.held = 0
  }

  /** The answer is complete and the body is not: its rest is dropped, within bounds of bytes and time. */
  discard (): void {
    this.dropping = true
    this.release()
    this.resume()
    const timer = setTimeout(() => { this.socket.destroy() }, DRAIN_MS).unref()
    this.once('close', () => { clearTimeout(timer) })
  }

  override push (chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const { account } = this
    if (account === undefined || chunk === null) return super.push(chunk, encoding)
    const { length } = chunk
    if (this.dropping) {
      this.dropped += length
      if (this.dropped > account.dropMax) this.socket.destroy()
      return true
    }
    if (!account.budget.hasRoomForBody(this.held, length)) {
      this.refuse(noRoom(account.budget.limit))
      return true
    }
    account.budget.take(length)
    this.held += length
    return super.push(chunk, encoding)
  }

  override _read (size: number): void {
    const { onRead } = this
    if (onRead !== undefined) {
      this.onRead = undefined
      onRead()
    }
    super._read(size)
  }

  private refuse (error: MoonletError): void {
    this.dropping = true
    this.refusal = error
    this.release()
    if (this.listenerCount('error') > 0) this.emit('error', error)
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
