/**
 * The conventions of the management API. A plugin that adds routes under `/api/` calls this on its own scope, so
 * that a third-party plugin's other routes keep Fastify's defaults.
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { TSchema } from 'typebox'
import '../contracts/server.js'
import { readBody } from '../connections/read-body.js'
import { LARGE_RESPONSE } from '../connections/unsent.js'
import { createBodyReader } from './body-reader.js'
import { createQueryReader } from './query-reader.js'

/**
 * Makes the scope read bodies as JSON whatever their Content-Type, answer JSON that ends with a newline, and
 * refuse callers without a key or session unless `open`. Gives the scope with types taken from the schemas.
 */
export function apiScope(scope: FastifyInstance, { open = false }: { open?: boolean } = {}) {
  scope.removeAllContentTypeParsers()
  // Bytes as they come: the body's reader makes of them what the route's schema says.
  const { BODY_LIMIT, REQUEST_TIMEOUT: seconds } = scope.config
  scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => {
    const limit = Math.min(request.routeOptions.bodyLimit ?? BODY_LIMIT, BODY_LIMIT)
    return readBody(
      request.raw,
      { limit, isOwnLimit: limit < BODY_LIMIT, timeoutMs: seconds * 1000 },
      payload
    )
  })
  // Fastify answers 415 to a malformed Content-Type before any parser sees it; here that header never counts.
  scope.addHook('preParsing', async request => {
    delete request.headers['content-type']
  })
  scope.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if (httpPart === 'body') return createBodyReader(schema)
    if (httpPart === 'querystring') return createQueryReader(schema)
    // Path parameters are texts; the handlers look them up as they are.
    return (value: unknown) => ({ value })
  })
  // The schemas of responses describe and type them. They do not filter: a field that a schema forgets shall fail
  // the test that holds answers against the document, not vanish.
  scope.setSerializerCompiler(() => data => `${JSON.stringify(data)}\n`)
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  // JSON is UTF-8 by definition; Fastify names that once more.
  scope.addHook('onSend', async (request, reply, payload) => {
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      reply.header('content-type', 'application/json')
    }
    if (typeof payload !== 'string' || payload.length < LARGE_RESPONSE) return
    const refusal = scope.connections.maySendResponse(
      request.raw,
      reply.raw,
      Buffer.byteLength(payload)
    )
    if (refusal !== undefined) throw refusal
  })
  if (!open) scope.addHook('onRequest', scope.authenticate)
  return scope.withTypeProvider<TypeBoxTypeProvider>()
}

/** A scope with these conventions, for functions that add routes to it. */
export type ApiScope = ReturnType<typeof apiScope>
