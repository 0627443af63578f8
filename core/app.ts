/**
 * The map of Moonlet: every concern is a Fastify plugin, loaded here, what others stand on first. Nothing
 * else imports plugins.
 */
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest
} from 'fastify'
import './contracts/server.js'
import type { Workers } from './contracts/workers.js'
import { sendClientError } from './http/client-error.js'
import { routedTarget } from './connections/called-address.js'
import { corsHeaders } from './connections/cors-headers.js'
import { answerError } from './http/error-response.js'
import { requestTimeoutMs, serverOptions } from './connections/server-options.js'
import { createIdSource } from './base/ids.js'
import invoker from './invoker/plugin.js'
import lua from './lua/plugin.js'
import { RequestLogger } from './http/request-logger.js'
import { toOriginForm } from './connections/request-target.js'
import type { Prepared } from './process/bootstrap.js'
import { endFailedStart } from './process/failed-start.js'
import { withBasePath } from '../config/address-settings.js'
import addresses from '../plugins/addresses/plugin.js'
import alerts from '../plugins/alerts/plugin.js'
import auth from '../plugins/auth/plugin.js'
import basePath, { takeOffBasePath } from '../plugins/base-path.js'
import connections from '../plugins/connections.js'
import cors from '../plugins/cors.js'
import dashboard from '../plugins/dashboard/plugin.js'
import docs from '../plugins/openapi/plugin.js'
import errors from '../plugins/errors.js'
import frontDoor from '../plugins/front-door/plugin.js'
import functionsHost from '../plugins/functions-host.js'
import health from '../plugins/health.js'
import metrics from '../plugins/metrics.js'
import jobs from '../plugins/jobs/plugin.js'
import jobRoutes from '../plugins/jobs/routes.js'
import luaAi from '../plugins/lua/ai/plugin.js'
import luaLocal from '../plugins/lua/builtin.js'
import luaEmail from '../plugins/lua/email/plugin.js'
import luaEnv from '../plugins/lua/env/plugin.js'
import luaFunctions from '../plugins/lua/functions/plugin.js'
import luaHttp from '../plugins/lua/http/plugin.js'
import luaKv from '../plugins/lua/kv/plugin.js'
import luaLog from '../plugins/lua/log/plugin.js'
import outgoingHttp from '../plugins/outgoing-http/plugin.js'
import recovery from '../plugins/recovery.js'
import reference from '../plugins/lua-docs/plugin.js'
import requestLog from '../plugins/request-log.js'
import retention from '../plugins/retention.js'
import routes from '../plugins/routes/plugin.js'
import functionCache from '../plugins/storage/functions/function-cache.js'
import storage from '../plugins/storage/plugin.js'
import thirdParty from '../plugins/third-party/plugin.js'
import cronTrigger from '../plugins/triggers/cron/plugin.js'
import cronRoutes from '../plugins/triggers/cron/routes.js'
import httpTrigger from '../plugins/triggers/http/plugin.js'

const START_LIMIT_MS = 180_000

export interface AppOptions extends Pick<Prepared, 'config'>, Partial<Omit<Prepared, 'config'>> {
  readonly logger: FastifyBaseLogger
  /** This server is one of several on the port. */
  readonly workers?: Workers | undefined
}

/** Builds the whole server, ready to listen. Rejects with an error that names the plugin that failed. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = createServer(options)
  try {
    await registerAll(app, options)
    return app
  } catch (error) {
    await endFailedStart(app)
    throw error
  }
}

function createServer({ config, logger, workers }: AppOptions): FastifyInstance {
  const nextRequestId = createRequestIds()
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT,
    http: serverOptions(config),
    requestTimeout: requestTimeoutMs(config),
    trustProxy:
      typeof config.TRUST_PROXY === 'boolean' ? config.TRUST_PROXY : [...config.TRUST_PROXY],
    genReqId: nextRequestId,
    childLoggerFactory: (parent, bindings, options) => new RequestLogger(parent, bindings, options),
    rewriteUrl: request => routedTarget(request) ?? toOriginForm(request.url ?? '/'),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // Keys of stored values are path parameters; Node bounds the whole head of a request to 16 KiB anyway.
    routerOptions: { maxParamLength: 16_384 },
    // What a start waits for has deadlines of its own, which say more; a busy machine needs more than Fastify's 10 s.
    pluginTimeout: START_LIMIT_MS,
    frameworkErrors: sendFrameworkError,
    clientErrorHandler: sendClientError
  })
  decorateServer(app, { config, workers, nextRequestId })
  return app
}

async function registerAll(
  app: FastifyInstance,
  { config, plugins = [], pluginSettings = new Map() }: AppOptions
): Promise<void> {
  const everyRequest = [addresses, requestLog, cors, basePath, errors, docs, functionsHost]
  const whatIsKept = [storage, functionCache, recovery, retention, auth, frontDoor]
  const luaApis = [lua, outgoingHttp, luaLog, luaKv, luaEnv, luaHttp, luaLocal, luaAi, luaEmail]
  luaApis.push(luaFunctions)
  for (const plugin of [...everyRequest, ...whatIsKept, ...luaApis, invoker, jobs]) {
    await app.register(plugin)
  }
  await app.register(thirdParty, { plugins, settings: pluginSettings })
  for (const plugin of [
    httpTrigger,
    cronTrigger,
    cronRoutes,
    jobRoutes,
    alerts,
    routes,
    reference,
    health,
    metrics,
    connections,
    takeOffBasePath
  ]) {
    await app.register(plugin)
  }
  await app.register(dashboard, { basePath: config.BASE_PATH })
}

/** What plugins find on the server before any of them is loaded. */
function decorateServer(
  app: FastifyInstance,
  {
    config,
    workers,
    nextRequestId
  }: Pick<AppOptions, 'config' | 'workers'> & { readonly nextRequestId: () => string }
): void {
  app.decorate('config', config)
  app.decorate('workers', workers)
  app.decorate('listeners', [app.server])
  app.decorate('ids', createIdSource())
  app.decorate('nextRequestId', nextRequestId)
  const { BASE_URL, BASE_PATH } = config
  const publicUrl = BASE_URL === undefined ? undefined : withBasePath(BASE_URL, BASE_PATH)
  app.decorate(
    'baseUrl',
    () => publicUrl ?? `http://localhost:${listeningPort(app) ?? config.PORT}${BASE_PATH}`
  )
}

/** Fastify's answer before any route or hook, such as to a broken path: the same conventions as everywhere. */
function sendFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply
): void {
  reply.headers(corsHeaders)
  if (request.method === 'OPTIONS') reply.code(204).send()
  else answerError(error, request, reply)
}

/** Ids of requests: unique within the log of one server, short, and increasing. */
function createRequestIds(): () => string {
  const start = Date.now().toString(36)
  let count = 0
  return () => `${start}-${(++count).toString(36)}`
}

function listeningPort(app: FastifyInstance): number | undefined {
  const address = app.server.address()
  return typeof address === 'object' ? address?.port : undefined
}
