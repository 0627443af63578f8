/**
 * The map of Moonlet: every concern is a Fastify plugin, loaded here in the order of the way an invocation
 * takes. Nothing else imports plugins.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Config } from '../config/schema.js'
import { createIdSource } from './ids.js'
import { createLuaRegistry } from './lua/registry.js'
import './contracts/server.js'
import requestLog from '../plugins/request-log.js'
import cors from '../plugins/cors.js'
import functionsHost from '../plugins/functions-host.js'
import httpTrigger from '../plugins/triggers/http/plugin.js'

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
    routerOptions: { maxParamLength: 2048 }
  })
  app.decorate('config', config)
  app.decorate('ids', createIdSource())
  app.decorate('lua', createLuaRegistry())
  app.decorate('baseUrl', () => config.BASE_URL ?? `http://localhost:${listeningPort(app) ?? config.PORT}`)

  await app.register(requestLog)
  await app.register(cors)
  await app.register(functionsHost)

  await app.register(httpTrigger)
  return app
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
