/** The HTTP trigger: `/fn/{id}` and everything below it runs the function's active version, without authentication. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '../../../core/contracts/server.js'
import { MoonletError } from '../../../core/errors.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import { toEventHeaders } from './header-names.js'
import { sendOutcome } from './send-outcome.js'
import { splitUrl } from './url-parts.js'

const noBody = new Uint8Array(0)

export default async function httpTrigger (fastify: FastifyInstance) {
  const { functionCache, invoker, config } = fastify

  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: config.BODY_LIMIT }, (_request, body, done) => { done(null, body) })

  fastify.route({
    method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'],
    url: '/fn/:id',
    exposeHeadRoute: false,
    handler: run
  })
  fastify.route({
    method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'],
    url: '/fn/:id/*',
    exposeHeadRoute: false,
    handler: run
  })

  async function run (request: FastifyRequest, reply: FastifyReply) {
    const { id } = request.params as { id: string }
    const cached = functionCache.get(id)
    const found = cached instanceof Promise ? await cached : cached
    if (found === undefined) return refuse(reply, 404, 'Function not found')
    if (found.fn.disabled) return refuse(reply, 403, 'Function is disabled')
    if (found.active === undefined) return refuse(reply, 500, 'No active version found')
    const event = toEvent(request, found.fn)
    return sendOutcome(reply, await invoker.invoke(toInvocation(request, found.fn, found.active, event)), undefined)
  }
}

function toInvocation (request: FastifyRequest, fn: FunctionRecord, version: VersionRecord, event: ReturnType<typeof toEvent>) {
  return { fn, version, trigger: 'http', event, requestId: request.id, record: true }
}

function toEvent (request: FastifyRequest, fn: FunctionRecord) {
  const { raw } = request
  const parts = splitUrl(raw.url ?? '/')
  if (parts === undefined) throw new MoonletError('INVALID_BODY', 'The path has a broken percent escape')
  return {
    method: request.method,
    path: parts.path,
    relativePath: parts.path.slice('/fn/'.length + fn.id.length) || '/',
    headers: toEventHeaders(raw.rawHeaders),
    query: parts.query,
    body: request.body instanceof Uint8Array ? request.body : noBody
  }
}

const refuse = (reply: FastifyReply, status: number, error: string) =>
  reply.code(status).type('application/json').send(`${JSON.stringify({ error })}\n`)
