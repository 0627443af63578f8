/**
 * Refusing a call before anything is made of it. Under overload there are more calls to refuse than to serve, so
 * each must cost next to nothing: no routing, no hooks, no body, and in the log one line a second for all of them.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import '../../../core/contracts/server.js'
import { corsHeaders } from '../../../core/api/cors-headers.js'
import { errorBody } from '../../../core/api/error-body.js'
import type { MoonletError } from '../../../core/errors.js'

const REPORT_MS = 1000

/** The function that a request target names; undefined for any other address, and for forms that are rare. */
const functionOf = (target: string): string | undefined => /^\/fn\/([^/?#%]+)/.exec(target)?.[1]

/** Puts itself before the server's own handling of requests; what is not refused goes on there. */
export function turnAwayEarly (fastify: FastifyInstance): void {
  const { server, invoker, log } = fastify
  const handlers = server.listeners('request') as RequestListener[]
  let refused = 0

  function report (): void {
    log.warn({ refused }, 'calls refused: the queue is full (QUEUE_LIMIT)')
    refused = 0
  }

  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const id = request.method === 'OPTIONS' ? undefined : functionOf(request.url ?? '')
    const error = id === undefined || !fastify.servesFunctions(request) ? undefined : invoker.refusal(id, 'http')
    if (error === undefined) {
      for (const handle of handlers) handle(request, response)
      return
    }
    if (refused++ === 0) setTimeout(report, REPORT_MS).unref()
    answer(response, error, fastify.nextRequestId())
  })
}

interface Prepared { readonly text: string, readonly headers: readonly string[] }

/** Of each error once: the pool gives the same one again and again. */
const prepared = new WeakMap<MoonletError, Prepared>()

function prepare (error: MoonletError): Prepared {
  const text = errorBody(error.message)
  const headers = Object.entries({ ...corsHeaders, ...error.headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }).flat()
  prepared.set(error, { text, headers })
  return { text, headers }
}

function answer (response: ServerResponse, error: MoonletError, requestId: string): void {
  const { text, headers } = prepared.get(error) ?? prepare(error)
  response.writeHead(error.statusCode, [...headers, 'x-request-id', requestId])
  response.end(text)
}
