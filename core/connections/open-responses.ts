/** The latest request of each connection with its response, so that what a connection ends with comes behind them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Latest { readonly request: IncomingMessage, readonly response: ServerResponse }

const key = Symbol('latest request')
const closing = Symbol('closes behind its latest answer')
type Known = Socket & { [key]?: Latest, [closing]?: boolean }

/** On every call's way: a property costs next to nothing, a map does not. */
export function noteRequest (request: IncomingMessage, response: ServerResponse): void {
  (request.socket as Known)[key] = { request, response }
}

/** Undefined: all that the connection asked has been answered, or nothing was asked. */
export function unansweredOn (socket: Socket): Latest | undefined {
  const latest = (socket as Known)[key]
  return latest === undefined || latest.response.writableFinished ? undefined : latest
}

/** The connection will be closed behind this answer: what its caller has sent ahead must not be begun any more. */
export function closeBehind (response: ServerResponse, { socket }: IncomingMessage): void {
  response.shouldKeepAlive = false
  ;(socket as Known)[closing] = true
}

export const isClosing = (socket: Socket): boolean => (socket as Known)[closing] === true
