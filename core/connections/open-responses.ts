/** What a connection has still to answer, so that what it ends with comes behind that. Costs a call nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The response whose turn it is; undefined: all that the connection asked has been answered, or nothing was asked.
 * Node keeps it at the socket. A property of ours, set with every request, would make sockets slow objects of V8's.
 */
export function unansweredOn(socket: Socket): ServerResponse | undefined {
  return (
    (socket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
  )
}

const closing = new WeakSet<Socket>()

/** The connection will be closed behind this response: what its caller has sent ahead must not be begun any more. */
export function closeBehind(response: ServerResponse, { socket }: IncomingMessage): void {
  response.shouldKeepAlive = false
  closing.add(socket)
}

export const isClosing = (socket: Socket): boolean => closing.has(socket)
