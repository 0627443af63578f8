/**
 * The map of Moonlet: every concern is a Fastify plugin, loaded here in the order of the way an invocation
 * takes. Nothing else imports plugins.
 */
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Config } from '../config/schema.js'
import { answerError } from './api/error-answer.js'
import { createIdSource } from './ids.js'
import { createLuaRegistry } from './lua/registry.js'
import './contracts/server.js'
import requestLog from '../plugins/request-log.js'
import cors, { corsHeaders } from '../plugins/cors.js'
import errors from '../plugins/errors.js'
import docs from '../plugins/docs/plugin.js'
import storage from '../plugins/storage/plugin.js'
import functionCache from '../plugins/storage/function-cache.js'
import auth from '../plugins/auth/plugin.js'
import functionsHost from '../plugins/functions-host.js'
import httpTrigger from '../plugins/triggers/http/plugin.js'
import routes from '../plugins/routes/plugin.js'
import dashboard from '../plugins/dashboard/plugin.js'

export interface AppOptions {
  readonly config: Config
  readonly logger: FastifyBaseLogger
}

/** Builds the whole server, ready to listen. Rejects with an error that names the plugin that failed. */
export async function buildApp ({ config, logger }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    disableRequestLogging: true,
    bodyLimit: config.BODY_LIMIT,
    genReqId: createRequestIds(),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // Keys of stored values are path parameters; Node bounds the whole head of a request to 16 KiB anyway.
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: answerFrameworkError
  })
  app.decorate('config', config)
  app.decorate('ids', createIdSource())
  app.decorate('lua', createLuaRegistry())
  app.decorate('baseUrl', () => config.BASE_URL ?? `http://localhost:${listeningPort(app) ?? config.PORT}`)

  await app.register(requestLog)
  await app.register(cors)
  await app.register(errors)
  await app.register(docs)
  await app.register(functionsHost)

  await app.register(storage)
  await app.register(functionCache)
  await app.register(auth)

  await app.register(httpTrigger)
  await app.register(routes)
  await app.register(dashboard)
  return app
}

/** Fastify's answer before any route or hook, such as to a broken path: the same manners as everywhere. */
function answerFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(corsHeaders)
  if (request.method === 'OPTIONS') reply.code(204).send()
  else answerError(error, request, reply)
}

/** Ids of requests: unique within the log of one server, short, and increasing. */
function createRequestIds (): () => string {
  const start = Date.now().toString(36)
  let count = 0
  return () => `${start}-${(++count).toString(36)}`
}

function listeningPort (app: FastifyInstance): number | undefined {
  const address = app.server.address()
  return typeof address === 'object' ? address?.port : undefined
}
