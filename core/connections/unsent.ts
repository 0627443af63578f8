/**
 * What was answered and has not been taken by its caller yet. Large responses are entered in the budget from when they
 * are handed to their connection until they are sent; of all else that connections hold, once a second.
 *
 * Where there is no room for a response, the connections that have taken nothing for longest are closed for it. One
 * that takes nothing for `timeoutMs` is closed in any case; a slow reader that takes something is left alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ByteBudget } from './byte-budget.js'
import { onSocketClose } from './caller.js'
import { ownerOf } from './owner.js'

/** From this size on a response is entered when it is sent. */
export const LARGE_RESPONSE = 64 * 1024
/** A connection that has taken nothing for so long may be closed to make room. */
const STALLED_MS = 1000
const SWEEP_MS = 1000

interface LargeResponse {
  readonly owner: string
  readonly bytes: number
}

/** What one connection has yet to take. */
interface Sending {
  readonly responses: Set<LargeResponse>
  /** Their bytes. */
  large: number
  /** Of other answers, as the last look found them. */
  small: number
  /** What it had taken by the last look that found a difference. */
  taken: number
  /** When that was; of `performance.now()`. */
  since: number
}

export class UnsentBytes {
  private readonly connections = new Set<Socket>()
  private readonly sending = new Map<Socket, Sending>()
  private readonly sweeper: NodeJS.Timeout

  constructor(
    private readonly budget: ByteBudget,
    private readonly timeoutMs: number
  ) {
    this.sweeper = setInterval(() => {
      this.sweep()
    }, SWEEP_MS).unref()
  }

  watch(socket: Socket): void {
    this.connections.add(socket)
    socket.once('close', () => {
      this.connections.delete(socket)
      this.forget(socket)
    })
  }

  /** Enters a large response that is about to be sent. False: there is no room for it, and it must not be sent. */
  enter(request: IncomingMessage, response: ServerResponse, bytes: number): boolean {
    const { socket } = request
    if (socket.destroyed) return true
    const owner = ownerOf(request)
    const hasRoom = (): boolean => this.budget.hasRoomForResponse(owner, bytes)
    this.makeRoom(hasRoom)
    if (!hasRoom()) return false
    this.budget.take(bytes, owner)
    const entry = this.entryOf(socket)
    const sent = { owner, bytes }
    entry.responses.add(sent)
    entry.large += bytes
    const leave = (): void => {
      stopWatching()
      // Unless the connection was closed for it, and its bytes given back then.
      if (!entry.responses.delete(sent)) return
      entry.large -= bytes
      this.budget.give(bytes, owner)
      if (entry.large + entry.small === 0) this.sending.delete(socket)
    }
    const stopWatching = onSocketClose(socket, leave)
    response.once('close', leave)
    return true
  }

  stop(): void {
    clearInterval(this.sweeper)
  }

  private entryOf(socket: Socket): Sending {
    const known = this.sending.get(socket)
    if (known !== undefined) return known
    const made = {
      responses: new Set<LargeResponse>(),
      large: 0,
      small: 0,
      taken: takenBy(socket),
      since: performance.now()
    }
    this.sending.set(socket, made)
    return made
  }

  private forget(socket: Socket): void {
    const entry = this.sending.get(socket)
    if (entry === undefined) return
    for (const { owner, bytes } of entry.responses) this.budget.give(bytes, owner)
    entry.responses.clear()
    this.budget.give(entry.small)
    this.sending.delete(socket)
  }

  /** Closes connections that take nothing, the longest first, until there is room. */
  private makeRoom(hasRoom: () => boolean): void {
    if (hasRoom()) return
    const now = performance.now()
    const stalled = [...this.sending].filter(
      ([socket, entry]) => !this.takesMore(socket, entry, now) && now - entry.since >= STALLED_MS
    )
    stalled.sort(([, a], [, b]) => a.since - b.since)
    for (const [socket] of stalled) {
      if (hasRoom()) return
      this.close(socket)
    }
  }

  private sweep(): void {
    const now = performance.now()
    for (const socket of this.connections) {
      const unsent = socket.writableLength
      if (unsent === 0 && !this.sending.has(socket)) continue
      const entry = this.entryOf(socket)
      const small = Math.max(0, unsent - entry.large)
      this.budget.take(small - entry.small)
      entry.small = small
      if (entry.large + small === 0) this.sending.delete(socket)
      else if (!this.takesMore(socket, entry, now) && now - entry.since >= this.timeoutMs) {
        this.close(socket)
      }
    }
    this.makeRoom(() => this.budget.used <= this.budget.limit)
  }

  /** Whether it has taken something since the last look; notes what. */
  private takesMore(socket: Socket, entry: Sending, now: number): boolean {
    const taken = takenBy(socket)
    if (taken === entry.taken) return false
    entry.taken = taken
    entry.since = now
    return true
  }

  private close(socket: Socket): void {
    this.forget(socket)
    socket.destroy()
  }
}

/**
 * Grows as the other side takes. `bytesWritten` counts what is written at once; how much of the write going on the
 * system has taken is told by the handle alone, which Node's own timeouts of sockets go by too.
 */
function takenBy(socket: Socket): number {
  const { _handle: handle } = socket as Socket & {
    readonly _handle?: { readonly writeQueueSize?: number } | null
  }
  return socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0)
}
