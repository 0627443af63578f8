/** The caller of an HTTP request, for as long as its call waits (Caller in core/contracts/invocation.ts). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { CallChain } from '../contracts/call-chain.js'
import type { Caller } from '../contracts/invocation.js'

/**
 * What to call when a socket closes. A caller may send many requests ahead on one connection, and Node tells only the
 * response whose turn it is that the socket has closed; so the socket is listened to, once for all of them.
 */
const listeners = new WeakMap<Socket, Set<() => void>>()

function listenersOf(socket: Socket): Set<() => void> {
  const known = listeners.get(socket)
  if (known !== undefined) return known
  const made = new Set<() => void>()
  listeners.set(socket, made)
  socket.once('close', () => {
    for (const listener of made) listener()
  })
  return made
}

/** Calls `listener` when the socket closes. Gives a way to end that. */
export function onSocketClose(socket: Socket, listener: () => void): () => void {
  const all = listenersOf(socket)
  // An entry of its own for each call, even where calls share a listener.
  const own = (): void => {
    listener()
  }
  all.add(own)
  return () => {
    all.delete(own)
  }
}

export class HttpCaller implements Caller {
  private readonly socket: Socket
  private controller: AbortController | undefined

  constructor(
    request: IncomingMessage,
    private readonly httpResponse: ServerResponse,
    public chain?: CallChain
  ) {
    this.socket = request.socket
  }

  get isGone(): boolean {
    return this.socket.destroyed
  }

  onGone(listener: () => void): () => void {
    return onSocketClose(this.socket, listener)
  }

  get signal(): AbortSignal {
    this.controller ??= this.watch()
    return this.controller.signal
  }

  /** Watches until the response is sent, so that a kept connection gathers no listeners. */
  private watch(): AbortController {
    const { httpResponse: response } = this
    const controller = new AbortController()
    if (this.isGone) {
      controller.abort()
      return controller
    }
    const stopWatching = this.onGone(() => {
      controller.abort()
    })
    response.once('close', () => {
      stopWatching()
      if (!response.writableFinished) controller.abort()
    })
    return controller
  }
}
