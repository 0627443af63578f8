/** Puts admission before the server's own handling of requests: what is not admitted never reaches Fastify. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import '../../../core/contracts/server.js'
import type { CalledAddress } from '../../../core/contracts/addresses.js'
import { flushIfLate } from '../../../core/base/tick.js'
import { AdmissionControl } from './admission-control.js'

/** To be called when all others have added their listeners. */
export function installAdmissionControl(fastify: FastifyInstance): void {
  const { server } = fastify
  const handlers = server.listeners('request') as RequestListener[]
  const passToFastify = (request: IncomingMessage, response: ServerResponse): void => {
    for (const handle of handlers) handle(request, response)
  }
  const control = new AdmissionControl({
    admission: fastify.scheduler.admission,
    functions: fastify.functionCache,
    frontDoor: fastify.frontDoor,
    invoker: fastify.invoker,
    log: fastify.log,
    nextRequestId: fastify.nextRequestId,
    serve: passToFastify
  })

  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    flushIfLate()
    const found = fastify.addressBook.resolve(request)
    if (!(found instanceof Promise)) return proceed(request, response, found)
    found.then(
      address => {
        proceed(request, response, address)
      },
      () => {
        passToFastify(request, response)
      }
    )
  })

  function proceed(
    request: IncomingMessage,
    response: ServerResponse,
    address: CalledAddress | undefined
  ): void {
    // Other OPTIONS are answered without the function.
    const isCall =
      address !== undefined && (request.method !== 'OPTIONS' || address.cors === 'function')
    const isServed = address?.route !== undefined || fastify.servesFunctions(request)
    if (!isCall || !isServed) return passToFastify(request, response)
    control.arrive({ functionId: address.functionId, request, response })
  }
}
