/**
 * Refusing a call before anything is made of it. Under overload there are more calls to refuse than to serve, so
 * each must cost next to nothing: no routing, no hooks, no body, and in the log one line a second for all of them.
 *
 * Reading and answering one takes some 20 µs all the same, and whoever is answered calls again. So of many at a time
 * only some are answered at once, and the others a little later: what is left goes to the calls that are served.
 *
 * A call that will wait for long waits here too: of it there is a request and a response of Node's, and its body is
 * not read. The rest is made when its turn is near.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import '../../../core/contracts/server.js'
import { HttpCaller } from '../../../core/connections/caller.js'
import { answerPlainly } from '../../../core/connections/plain-answer.js'
import type { Place, WaitingCall } from '../../../core/contracts/invocation.js'
import type { MoonletError } from '../../../core/base/errors.js'
import { functionOf } from '../../../core/connections/request-target.js'
import { breathe } from '../../../core/base/tick.js'
import { RefusalPace } from './refusal-pace.js'

const REPORT_MS = 1000

const placeKey = Symbol('place in the queue')

interface WaitingRequest extends IncomingMessage {
  [placeKey]?: Place
}

/** The place in the queue of a request that has waited here; undefined: it has not. */
export const placeOf = (request: WaitingRequest): Place | undefined => request[placeKey]

/** Puts itself before the server's own handling of requests; what is not refused goes on there, perhaps later. */
export function turnAwayEarly(fastify: FastifyInstance): void {
  const { server, invoker, log } = fastify
  const handlers = server.listeners('request') as RequestListener[]
  const pace = new RefusalPace()
  let refused = 0

  function refuse(response: ServerResponse, error: MoonletError): void {
    if (refused++ === 0) {
      setTimeout(() => {
        report(error.message)
      }, REPORT_MS).unref()
    }
    const requestId = fastify.nextRequestId()
    pace.next(() => {
      answerPlainly(response, error, requestId)
    })
  }

  /** One line for all of a second, with the reason that the first had. */
  function report(reason: string): void {
    log.warn({ refused, reason }, 'calls refused')
    refused = 0
  }

  function goOn(request: IncomingMessage, response: ServerResponse): void {
    for (const handle of handlers) handle(request, response)
  }

  class Waiting implements WaitingCall {
    readonly queuedAt = performance.now()
    private stopWatching: (() => void) | undefined
    constructor(
      private readonly request: WaitingRequest,
      private readonly response: ServerResponse
    ) {}

    waits(leave: () => void): void {
      this.stopWatching = new HttpCaller(this.request).onGone(leave)
    }

    enter(place: Place): void {
      this.stopWatching?.()
      this.request[placeKey] = place
      // Whatever it is answered, and also when its caller has left.
      this.response.once('close', () => {
        place.leave()
      })
      goOn(this.request, this.response)
    }

    refuse(error: MoonletError): void {
      this.stopWatching?.()
      if (error.code !== 'CALLER_GONE') refuse(this.response, error)
    }
  }

  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    breathe()
    const id = request.method === 'OPTIONS' ? undefined : functionOf(request.url ?? '')
    if (id === undefined || !fastify.servesFunctions(request)) return goOn(request, response)
    const error = invoker.refusal(id, 'http')
    if (error !== undefined) refuse(response, error)
    else if (invoker.isLong(id)) invoker.park(id, 'http', new Waiting(request, response))
    else goOn(request, response)
  })
}
