/** What a client hears whose bytes are no HTTP request, on a connection that is of no further use. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody } from './error-body.js'

const byCode: Readonly<Record<string, readonly [status: number, error: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time']
}

/** Answers in the form of all errors, where the connection still takes an answer, and closes it. */
export function answerBrokenRequest (error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, text] = byCode[error.code ?? ''] ?? [400, 'The request is no valid HTTP']
  const body = errorBody(text)
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
  socket.destroySoon()
}
