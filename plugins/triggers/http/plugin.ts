/** The HTTP trigger: `/fn/{id}` and everything below it runs the function's active version, without authentication. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '../../../core/contracts/server.js'
import { readCalledBy } from '../../../core/http/called-by.js'
import { HttpCaller } from '../../../core/connections/caller.js'
import { hasBody, readBody } from '../../../core/connections/read-body.js'
import { ReceivedBody } from '../../../core/connections/received-body.js'
import { LARGE_ANSWER } from '../../../core/connections/unsent.js'
import type { CalledByFunction } from '../../../core/contracts/call-chain.js'
import { errorBody } from '../../../core/connections/error-body.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { InvocationEvent, Outcome } from '../../../core/contracts/invocation.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import { toEventHeaders } from './header-names.js'
import { sendOutcome } from './send-outcome.js'
import { placeOf, turnAwayEarly } from './turn-away.js'
import { splitUrl } from './url-parts.js'

const noBody = new Uint8Array(0)

/**
 * Gives a function's page an origin of its own wherever it is served from, so that it reads no cookie, no
 * storage and no answer of the dashboard; everything else that pages do stays possible.
 */
const sandboxPolicy =
  'sandbox allow-downloads allow-forms allow-modals allow-orientation-lock allow-pointer-lock ' +
  'allow-popups allow-popups-to-escape-sandbox allow-presentation allow-scripts allow-top-navigation-by-user-activation'

export default async function httpTrigger(fastify: FastifyInstance) {
  const { functionCache, invoker, config } = fastify
  const neighbourhood =
    config.FUNCTIONS_HOST === undefined
      ? 'origin'
      : config.FUNCTIONS_HOST.kind === 'port'
        ? 'host'
        : 'apart'
  const bodyLimits = { limit: config.BODY_LIMIT, timeoutMs: config.REQUEST_TIMEOUT * 1000 }

  fastify.removeAllContentTypeParsers()
  // The handler reads the body, once it knows that somebody wants it.
  fastify.addContentTypeParser('*', (_request, _payload, done) => {
    done(null)
  })
  // Fastify refuses a malformed Content-Type; a function gets whatever was sent (its event is made of the raw headers).
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    delete request.headers['content-type']
    done(null, payload)
  })

  for (const url of ['/fn/:id', '/fn/:id/*']) {
    fastify.route({
      method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'],
      url,
      exposeHeadRoute: false,
      handler: run
    })
  }

  fastify.addHook('onReady', async () => {
    turnAwayEarly(fastify)
  })

  async function run(request: FastifyRequest, reply: FastifyReply) {
    const { id } = request.params as { id: string }
    const calledBy = readCalledBy(request, reply)
    const cached = functionCache.get(id)
    const found = cached instanceof Promise ? await cached : cached
    if (found === undefined) return refuse(reply, 404, 'Function not found')
    const { fn, active } = found
    if (fn.disabled) return refuse(reply, 403, 'Function is disabled')
    if (active === undefined) return refuse(reply, 500, 'No active version found')
    const outcome = hasBody(request.raw)
      ? await runWithBody(request, fn, active, calledBy)
      : await invoke(request, fn, active, noBody, calledBy)
    const size = outcome.answer?.body.length ?? 0
    const refusal =
      size < LARGE_ANSWER ? undefined : fastify.connections.mayAnswer(request.raw, reply.raw, size)
    if (refusal !== undefined) throw refusal
    return sendOutcome(reply, outcome, {
      sandboxPolicy: fn.allowSameOrigin ? undefined : sandboxPolicy,
      neighbourhood
    })
  }

  /** Until its run ends the body counts as held, also when its caller has hung up. */
  async function runWithBody(
    request: FastifyRequest,
    fn: FunctionRecord,
    version: VersionRecord,
    calledBy: CalledByFunction | undefined
  ): Promise<Outcome> {
    const { raw } = request
    const body = await readBody(raw, bodyLimits)
    const received = ReceivedBody.of(raw)
    if (received === undefined) return await invoke(request, fn, version, body, calledBy)
    received.keep()
    try {
      return await invoke(request, fn, version, body, calledBy)
    } finally {
      received.release()
    }
  }

  function invoke(
    request: FastifyRequest,
    fn: FunctionRecord,
    version: VersionRecord,
    body: Uint8Array,
    calledBy: CalledByFunction | undefined
  ): Promise<Outcome> {
    return invoker.invoke({
      fn,
      version,
      trigger: 'http',
      event: toEvent(request, fn, body),
      requestId: request.id,
      record: true,
      calledBy,
      place: placeOf(request.raw),
      caller: new HttpCaller(request.raw)
    })
  }
}

function toEvent(request: FastifyRequest, fn: FunctionRecord, body: Uint8Array): InvocationEvent {
  const { raw } = request
  const parts = splitUrl(raw.url ?? '/')
  if (parts === undefined) {
    throw new MoonletError('INVALID_BODY', 'The path has a broken percent escape')
  }
  return {
    method: request.method,
    path: parts.path,
    relativePath: parts.path.slice('/fn/'.length + fn.id.length) || '/',
    headers: toEventHeaders(raw.rawHeaders),
    query: parts.query,
    body
  }
}

const refuse = (reply: FastifyReply, status: number, error: string) =>
  reply.code(status).type('application/json').send(errorBody(error))
