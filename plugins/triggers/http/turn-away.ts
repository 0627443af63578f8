/**
 * Refusing a call before anything is made of it. Under overload there are more calls to refuse than to serve, so
 * each must cost next to nothing: no routing, no hooks, no body, and in the log one line a second for all of them.
 *
 * Reading and answering one takes some 20 µs all the same, and whoever is answered calls again. So of many at a time
 * only some are answered at once, and the others a little later: what is left goes to the calls that are served.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import '../../../core/contracts/server.js'
import { corsHeaders } from '../../../core/api/cors-headers.js'
import { errorBody } from '../../../core/api/error-body.js'
import type { MoonletError } from '../../../core/errors.js'
import { breathe } from '../../../core/turn.js'
import { RefusalPace } from './refusal-pace.js'

const REPORT_MS = 1000

/** The function that a request target names; undefined for any other address, and for forms that are rare. */
const functionOf = (target: string): string | undefined => /^\/fn\/([^/?#%]+)/.exec(target)?.[1]

/** Puts itself before the server's own handling of requests; what is not refused goes on there. */
export function turnAwayEarly (fastify: FastifyInstance): void {
  const { server, invoker, log } = fastify
  const handlers = server.listeners('request') as RequestListener[]
  const pace = new RefusalPace()
  let refused = 0

  function report (): void {
    log.warn({ refused }, 'calls refused: the queue is full (QUEUE_LIMIT)')
    refused = 0
  }

  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    breathe()
    const id = request.method === 'OPTIONS' ? undefined : functionOf(request.url ?? '')
    const error = id === undefined || !fastify.servesFunctions(request) ? undefined : invoker.refusal(id, 'http')
    if (error === undefined) {
      for (const handle of handlers) handle(request, response)
      return
    }
    if (refused++ === 0) setTimeout(report, REPORT_MS).unref()
    const requestId = fastify.nextRequestId()
    pace.next(() => { answer(response, error, requestId) })
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
