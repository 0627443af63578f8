/**
 * The HTTP trigger: `/fn/{id}`, `/fn/{slug}` and everything below them runs the function's active version, without
 * authentication.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '../../../core/contracts/server.js'
import { readCallChain } from '../../../core/http/read-call-chain.js'
import { hasBody, readBody, type BodyLimits } from '../../../core/connections/read-body.js'
import { ReceivedBody } from '../../../core/connections/received-body.js'
import { LARGE_RESPONSE } from '../../../core/connections/unsent.js'
import { errorBody } from '../../../core/connections/error-body.js'
import type { CalledAddress } from '../../../core/contracts/addresses.js'
import type { Outcome } from '../../../core/contracts/invocation.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import type { Config } from '../../../config/schema.js'
import type { Neighbourhood } from './answer-headers.js'
import { installAdmissionControl } from './install-admission.js'
import { sendOutcome } from './send-outcome.js'
import { Ticket } from './ticket.js'
import { toEvent } from './to-event.js'

const noBody = new Uint8Array(0)

/**
 * Gives a function's page an origin of its own wherever it is served from, so that it reads no cookie, no
 * storage and no answer of the dashboard; everything else that pages do stays possible.
 */
const sandboxPolicy =
  'sandbox allow-downloads allow-forms allow-modals allow-orientation-lock allow-pointer-lock ' +
  'allow-popups allow-popups-to-escape-sandbox allow-presentation allow-scripts allow-top-navigation-by-user-activation'

export default async function httpTrigger(fastify: FastifyInstance) {
  const trigger = new HttpTrigger(fastify)

  fastify.removeAllContentTypeParsers()
  // The handler reads the body, once it knows that somebody wants it.
  fastify.addContentTypeParser('*', (_request, _payload, done) => {
    done(null)
  })
  // Fastify rejects a malformed Content-Type; a function gets whatever was sent (its event is made of the raw
  // headers).
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    delete request.headers['content-type']
    done(null, payload)
  })

  for (const url of ['/fn/:id', '/fn/:id/*']) {
    fastify.route({
      method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'],
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => trigger.handle(request, reply)
    })
  }

  fastify.addHook('onReady', async () => {
    installAdmissionControl(fastify)
  })
}

/** The function and version that a request is for, and whom it is from. */
interface Call {
  readonly request: FastifyRequest
  readonly ticket: Ticket
  readonly address: CalledAddress
  readonly fn: FunctionRecord
  readonly version: VersionRecord
}

class HttpTrigger {
  private readonly neighbourhood: Neighbourhood
  private readonly bodyLimits: BodyLimits

  constructor(private readonly fastify: FastifyInstance) {
    const { config } = fastify
    this.neighbourhood = neighbourhoodOf(config)
    this.bodyLimits = { limit: config.BODY_LIMIT, timeoutMs: config.REQUEST_TIMEOUT * 1000 }
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const ticket = Ticket.of(request.raw, reply.raw)
    ticket.chain = readCallChain(request)
    const resolved = this.fastify.addressBook.resolve(request.raw)
    const address = resolved instanceof Promise ? await resolved : resolved
    if (address === undefined) return reject(reply, 404, 'Function not found')
    const cached = this.fastify.functionCache.get(address.functionId)
    const found = cached instanceof Promise ? await cached : cached
    if (found === undefined) return reject(reply, 404, 'Function not found')
    const { fn, active } = found
    if (fn.disabled) return reject(reply, 403, 'Function is disabled')
    if (active === undefined) return reject(reply, 500, 'No active version found')
    const call = { request, ticket, address, fn, version: active }
    const outcome = hasBody(request.raw)
      ? await this.invokeWithBody(call)
      : await this.invoke(call, noBody)
    this.checkRoom(request, reply, outcome)
    return sendOutcome(reply, outcome, {
      sandboxPolicy: fn.allowSameOrigin ? undefined : sandboxPolicy,
      neighbourhood: this.neighbourhood
    })
  }

  /** The body counts as held until its execution ends, also when its caller has hung up. */
  private async invokeWithBody(call: Call): Promise<Outcome> {
    const { raw } = call.request
    const body = await readBody(raw, this.bodyLimits)
    const received = ReceivedBody.of(raw)
    received?.keep()
    try {
      return await this.invoke(call, body)
    } finally {
      received?.release()
    }
  }

  private invoke(
    { request, ticket, address, fn, version }: Call,
    body: Uint8Array
  ): Promise<Outcome> {
    return this.fastify.invoker.invoke({
      fn,
      version,
      trigger: 'http',
      event: toEvent(request, address, body, this.fastify.functionsUrl),
      requestId: request.id,
      record: true,
      caller: ticket
    })
  }

  /** Throws NO_ROOM when the answer is large and callers that do not read hold too many others. */
  private checkRoom(request: FastifyRequest, reply: FastifyReply, { answer }: Outcome): void {
    const size = answer?.body.length ?? 0
    if (size < LARGE_RESPONSE) return
    const error = this.fastify.connections.maySendResponse(request.raw, reply.raw, size)
    if (error !== undefined) throw error
  }
}

function neighbourhoodOf({ FUNCTIONS_HOST: host }: Config): Neighbourhood {
  if (host === undefined) return 'origin'
  return host.kind === 'port' ? 'host' : 'apart'
}

const reject = (reply: FastifyReply, status: number, error: string) =>
  reply.code(status).type('application/json').send(errorBody(error))
