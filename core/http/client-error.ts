/** What a client hears whose bytes are no HTTP request, on a connection that is of no further use. */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { unansweredOn } from '../connections/open-responses.js'
import { corsHeaders } from '../connections/cors-headers.js'
import { errorBody } from '../connections/error-body.js'

const byCode: Readonly<Record<string, readonly [status: number, error: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time']
}

/** Connections that wait for their turn to be told. Node tells of each piece that still comes on them. */
const waiting = new WeakSet<Socket>()

/**
 * Answers in the form of all errors, where the connection still takes a response, and closes it. Requests that came
 * before on the connection are answered first, so that nobody takes this for the response to one of them.
 */
export function sendClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || waiting.has(socket)) return
  const unanswered = unansweredOn(socket)
  if (unanswered?.req.complete === true) answerBehind(unanswered, error, socket)
  else if (unanswered?.headersSent === true) socket.destroySoon()
  else answer(error.code, socket)
}

/** The next one's turn has come then; or that one's own body is what broke. */
function answerBehind(unanswered: ServerResponse, error: Error, socket: Socket): void {
  waiting.add(socket)
  unanswered.once('close', () => {
    waiting.delete(socket)
    sendClientError(error, socket)
  })
}

function answer(code: string | undefined, socket: Socket): void {
  if (socket.destroyed) return
  const [status, text] = byCode[code ?? ''] ?? [400, 'The request is no valid HTTP']
  const body = errorBody(text)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(corsHeaders).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close'
  ]
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}
