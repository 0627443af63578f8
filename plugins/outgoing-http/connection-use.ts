/**
 * Which connection a request went out on, and whether that had carried others before. undici's handlers do not say;
 * its diagnostics channel does, within the same synchronous step that begins the request.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

export interface ConnectionUse {
  /** undefined until the request is written. */
  socket: Socket | undefined
  /** The connection had carried a request before this one. */
  reused: boolean
  /** What had been received on it before this request, in bytes. */
  received: number
}

const used = new WeakSet<Socket>()
let beginning: ConnectionUse | undefined

subscribe('undici:client:sendHeaders', message => {
  const { socket } = message as { socket: Socket }
  if (beginning !== undefined) {
    Object.assign(beginning, {
      socket,
      reused: used.has(socket),
      received: socket.bytesRead
    } satisfies ConnectionUse)
  }
  beginning = undefined
  used.add(socket)
})

/** To be called as undici begins a request; what it gives is filled in when the request is written. */
export function noteConnection(): ConnectionUse {
  beginning = { socket: undefined, reused: false, received: 0 }
  return beginning
}

/** The connection had been kept from an earlier request and brought no byte for this one. */
export const wasStale = ({ socket, reused, received }: ConnectionUse): boolean =>
  reused && socket?.bytesRead === received
