/** What is made from the declarations of the Lua modules, for language models, editors and the dashboard. */
import type { FastifyInstance } from 'fastify'
import '../../core/contracts/server.js'
import { apiScope } from '../../core/http/conventions.js'
import { commonErrors } from '../../core/http/response-schemas.js'
import { definitionsText } from './definitions.js'
import { guideText } from './guide-text.js'
import { LuaReference, toReference } from './reference-json.js'

export default async function reference(fastify: FastifyInstance) {
  const { config } = fastify
  const limits = {
    timeoutSeconds: config.EXECUTION_TIMEOUT,
    memoryMb: config.SANDBOX_MEMORY_MB,
    bodyLimit: config.BODY_LIMIT,
    responseLimit: config.RESPONSE_LIMIT
  }
  // As bytes, which all responses share: of a text each has a copy.
  // Third-party modules may be added until the server is ready; then nothing changes any more.
  const guide = once(() => Buffer.from(guideText(fastify.lua.modules(), limits, config.BASE_PATH)))
  const definitions = once(() => Buffer.from(definitionsText(fastify.lua.modules())))
  const json = once(() => toReference(fastify.lua.modules()))

  fastify.get('/llms.txt', async (_, reply) =>
    reply.type('text/plain; charset=utf-8').send(guide())
  )

  fastify.get('/moonlet.lua', async (_, reply) =>
    reply
      .type('text/x-lua; charset=utf-8')
      .header('content-disposition', 'attachment; filename="moonlet.lua"')
      .send(definitions())
  )

  // A scope of its own: what the management API asks of its callers is not asked of readers of the guide.
  await fastify.register(async scope =>
    apiScope(scope).get(
      '/api/lua',
      {
        config: { scope: 'any', reach: 'nothing' },
        schema: {
          operationId: 'getLuaReference',
          tags: ['Server'],
          summary: 'Read the reference of all Lua APIs',
          description:
            'Modules, functions, parameters and types, those of plugins ' +
            'included: what the editor completes by.',
          response: { 200: LuaReference, ...commonErrors }
        }
      },
      async () => json()
    )
  )
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
