/**
 * The HTTP trigger: `/fn/{id}`, `/fn/{slug}` and everything below them, and the routes of functions, run the function's
 * active version, for whom its front door lets in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '../../../core/contracts/server.js'
import { wantsJob } from '../../../core/http/prefer.js'
import { readCallChain } from '../../../core/http/read-call-chain.js'
import { hasBody, readBody, type BodyLimits } from '../../../core/connections/read-body.js'
import { ReceivedBody } from '../../../core/connections/received-body.js'
import { LARGE_RESPONSE } from '../../../core/connections/unsent.js'
import { MoonletError } from '../../../core/base/errors.js'
import { largeBuffers } from '../../../core/base/large-buffers.js'
import { errorBody } from '../../../core/connections/error-body.js'
import type { CalledAddress } from '../../../core/contracts/addresses.js'
import type { Visit } from '../../../core/contracts/front-door-service.js'
import type { InvocationEvent, Outcome } from '../../../core/contracts/invocation.js'
import type { FrontDoor } from '../../../core/contracts/front-door.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import { clockOf } from '../../../core/cron/clock.js'
import type { Config } from '../../../config/schema.js'
import type { Neighbourhood } from './answer-headers.js'
import { readJobWishes } from './background-call.js'
import { installAdmissionControl } from './install-admission.js'
import { sendOutcome, setExecution, type Sending } from './send-outcome.js'
import { StreamedReply } from './streamed-reply.js'
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
      // OPTIONS comes here only for functions that answer it themselves (plugins/cors.ts).
      method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
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
  /** undefined: the function has no front door. */
  readonly visit: Visit | undefined
  readonly reply: FastifyReply
  /** Set as soon as the function streams its answer. */
  streamed: StreamedReply | undefined
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
    const visit = fn.frontDoor && (await this.openFrontDoor(request, reply, fn.id, fn.frontDoor))
    if (visit === 'hidden') return reject(reply, 404, 'Function not found')
    if (active === undefined) return reject(reply, 500, 'No active version found')
    if (visit !== undefined) reply.headers(visit.headers)
    const call: Call = {
      request,
      reply,
      ticket,
      address,
      fn,
      version: active,
      visit,
      streamed: undefined
    }
    return request.raw.headers.prefer !== undefined && wantsJob(request.raw)
      ? await this.enqueue(call)
      : await this.answer(call)
  }

  private async answer(call: Call): Promise<FastifyReply> {
    const { request, reply, ticket } = call
    try {
      const outcome = hasBody(request.raw)
        ? await this.invokeWithBody(call)
        : await this.invoke(call, noBody)
      if (outcome === undefined) return answerRepeat(reply)
      if (call.streamed !== undefined) return call.streamed.end(outcome)
      this.checkRoom(call, outcome)
      this.reuseWhenSent(reply, outcome)
      return sendOutcome(reply, outcome, this.sendingOf(call))
    } catch (error) {
      if (call.streamed !== undefined) return call.streamed.breakOff()
      if (ticket.ran !== undefined) setExecution(reply, ticket.ran)
      throw error
    }
  }

  private sendingOf({ fn, address }: Call): Sending {
    return {
      sandboxPolicy: fn.allowSameOrigin ? undefined : sandboxPolicy,
      neighbourhood: this.neighbourhood,
      hasCorsRules: typeof address.cors === 'object'
    }
  }

  /** Answers once the job is durable. */
  private async enqueue(call: Call): Promise<FastifyReply> {
    const { request, reply, fn, visit } = call
    const wishes = readJobWishes(request.raw.headers, clockOf(this.fastify.storage.shared).now())
    const body = hasBody(request.raw) ? await this.readBody(call) : noBody
    if ((await visit?.enter(body)) === 'repeat') return answerRepeat(reply)
    let isKept = false
    try {
      const event = this.eventOf(call, body)
      const asked = { functionId: fn.id, event, caller: visit?.caller, ...wishes }
      const { id } = await this.fastify.jobs.enqueue(asked)
      isKept = true
      return answerJob(reply, `${this.apiAddress()}/api/jobs/${id}`, id)
    } finally {
      visit?.leave(isKept ? accepted : undefined)
    }
  }

  /** What stands before `/api` in a Location: where functions are apart, the API is elsewhere. */
  private apiAddress(): string {
    const { FUNCTIONS_HOST, BASE_PATH } = this.fastify.config
    return FUNCTIONS_HOST === undefined ? BASE_PATH : this.fastify.baseUrl()
  }

  /** The body counts as held, and is, until its execution ends, also when its caller has hung up. */
  private async invokeWithBody(call: Call): Promise<Outcome | undefined> {
    const { raw } = call.request
    const body = await this.readBody(call)
    const received = ReceivedBody.of(raw)
    received?.keep()
    try {
      return await this.invoke(call, body)
    } finally {
      received?.release()
      if (!this.fastify.invoker.hasHooks) largeBuffers.give(body)
    }
  }

  /** Throws the error that the call is refused with. */
  private async openFrontDoor(
    request: FastifyRequest,
    reply: FastifyReply,
    functionId: string,
    door: FrontDoor
  ): Promise<Visit | 'hidden'> {
    const opened = await this.fastify.frontDoor.open(request.raw, reply.raw, functionId, door)
    if (!(opened instanceof MoonletError)) return opened
    if (opened.code === 'NOT_FOUND') return 'hidden'
    throw opened
  }

  private async readBody({ request, visit }: Call): Promise<Uint8Array> {
    const own = visit?.bodyLimit
    if (own === undefined || own >= this.bodyLimits.limit) {
      return await readBody(request.raw, this.bodyLimits)
    }
    try {
      return await readBody(request.raw, { ...this.bodyLimits, limit: own, isOwnLimit: true })
    } catch (error) {
      if (error instanceof MoonletError && error.code === 'BODY_TOO_LARGE') visit?.noteLargeBody()
      throw error
    }
  }

  /** Without an outcome it is a delivery that was handled before. */
  private invoke(call: Call, body: Uint8Array): Promise<Outcome | undefined> {
    const { visit } = call
    return visit === undefined ? this.run(call, body) : this.invokeAdmitted(call, visit, body)
  }

  private async invokeAdmitted(
    call: Call,
    visit: Visit,
    body: Uint8Array
  ): Promise<Outcome | undefined> {
    if ((await visit.enter(body)) === 'repeat') return undefined
    call.ticket.identity = visit.caller
    let outcome: Outcome | undefined
    try {
      outcome = await this.run(call, body)
      return outcome
    } finally {
      visit.leave(outcome)
    }
  }

  private eventOf({ request, address, visit }: Call, body: Uint8Array): InvocationEvent {
    return toEvent(request, address, body, { origin: this.fastify.functionsUrl, visit })
  }

  private run(call: Call, body: Uint8Array): Promise<Outcome> {
    const { request, reply, ticket, fn, version, visit } = call
    return this.fastify.invoker.invoke({
      fn,
      version,
      trigger: 'http',
      event: this.eventOf(call, body),
      requestId: request.id,
      record: true,
      caller: ticket,
      beforeRecord:
        visit &&
        (() => {
          visit.leavePlace()
        }),
      openStream: head => (call.streamed = new StreamedReply(reply, head, this.sendingOf(call)))
    })
  }

  /** Throws NO_ROOM when the answer is large and callers that do not read hold too many others. */
  private checkRoom({ request, reply, ticket }: Call, outcome: Outcome): void {
    const size = outcome.answer?.body.length ?? 0
    if (size < LARGE_RESPONSE) return
    const error = this.fastify.connections.maySendResponse(request.raw, reply.raw, size)
    if (error !== undefined) {
      ticket.ran = outcome
      throw error
    }
  }

  /** The memory of a large answer serves others once it is sent, or its connection closed. */
  private reuseWhenSent(reply: FastifyReply, { answer }: Outcome): void {
    if (answer === undefined || answer.body.length < LARGE_RESPONSE) return
    if (this.fastify.invoker.hasHooks) return
    reply.raw.once('close', () => {
      largeBuffers.give(answer.body)
    })
  }
}

function neighbourhoodOf({ FUNCTIONS_HOST: host }: Config): Neighbourhood {
  if (host === undefined) return 'origin'
  return host.kind === 'port' ? 'host' : 'apart'
}

/** Whoever looks at the job needs the management key; any other caller has its id. */
const answerJob = (reply: FastifyReply, location: string, id: string) =>
  reply
    .code(202)
    .header('preference-applied', 'respond-async')
    .header('location', location)
    .type('application/json')
    .send(`${JSON.stringify({ job_id: id })}\n`)

/** A delivery that has become a job is not to be sent again. */
const accepted = {
  answer: { statusCode: 202, headers: {}, body: noBody, isBase64Encoded: false }
}

/** Its sender only wants to know that it came. */
const answerRepeat = (reply: FastifyReply) =>
  reply.code(200).type('application/json').send('{"status":"already handled"}\n')

const reject = (reply: FastifyReply, status: number, error: string) =>
  reply.code(status).type('application/json').send(errorBody(error))
