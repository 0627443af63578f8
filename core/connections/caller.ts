/** The caller of an HTTP request, for as long as its call waits (Caller in core/contracts/invocation.ts). */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Caller } from '../contracts/invocation.js'

/**
 * What is to be called when a socket closes. A caller may send many requests ahead on one connection, of which Node
 * tells only the first one's response that the socket has closed; so the socket is listened to, once for all of them.
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

export class HttpCaller implements Caller {
  private readonly socket: Socket
  constructor({ socket }: IncomingMessage) {
    this.socket = socket
  }

  get isGone(): boolean {
    return this.socket.destroyed
  }

  onGone(listener: () => void): () => void {
    const all = listenersOf(this.socket)
    // A listener of its own for each call, whatever function they share.
    const own = (): void => {
      listener()
    }
    all.add(own)
    return () => {
      all.delete(own)
    }
  }
}
