/** What this server is, what it allows and what it is doing. */
import { Type } from 'typebox'
import { commonErrors } from '../../../core/http/response-schemas.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { moonletVersion } from '../../../core/base/version.js'

/** Fengari implements this Lua; see the README for where it differs. */
const LUA_VERSION = '5.3'

const Limits = Type.Object({
  execution_timeout: Type.Integer({ description: 'Seconds.' }),
  body_limit: Type.Integer({ description: 'Bytes.' }),
  response_limit: Type.Integer({ description: 'Bytes.' }),
  sandbox_max: Type.Integer({ description: 'Processes.' }),
  sandbox_busy_max: Type.Integer({ description: 'Processes whose runs compute.' }),
  sandbox_pool_memory: Type.Integer({ description: 'Bytes of all processes together.' }),
  sandbox_memory: Type.Integer({ description: 'Bytes of one process.' }),
  queue_limit: Type.Integer({ description: 'Calls.' }),
  queue_timeout: Type.Integer({ description: 'Seconds.' }),
  event_limit: Type.Integer({ description: 'Bytes of a body that are stored.' }),
  history: Type.Integer({ description: 'Bytes, of all functions; as are the next three.' }),
  history_per_function: Type.Integer(),
  kv: Type.Integer(),
  kv_per_function: Type.Integer()
})

/** What is kept, beside its limits. */
const Usage = Type.Object({
  history: Type.Integer({ description: 'Bytes of executions, their logs and requests.' }),
  kv: Type.Integer({ description: 'Bytes of stored values.' })
})

const Status = Type.Object(
  {
    version: Type.String({ description: 'Of Moonlet.' }),
    lua_version: Type.String(),
    limits: Limits,
    usage: Usage,
    sandboxes: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'How many, by what they are doing.'
    }),
    database: Type.Union([Type.Literal('sqlite'), Type.Literal('postgresql')], {
      description: 'Where it stores; several servers may share one on PostgreSQL.'
    }),
    base_url: Type.String({ description: 'Public address of this server.' }),
    functions_url: Type.String({ description: 'Public address of functions, without `/fn`.' }),
    server_time: Type.Integer({ description: 'Unix seconds.' }),
    time_zone: Type.String({ description: 'Of schedules that name none.' })
  },
  {
    title: 'Status',
    examples: [
      {
        version: '0.1.0',
        lua_version: LUA_VERSION,
        limits: {
          execution_timeout: 300,
          body_limit: 10485760,
          response_limit: 10485760,
          sandbox_max: 128,
          sandbox_busy_max: 8,
          sandbox_pool_memory: 1073741824,
          sandbox_memory: 134217728,
          queue_limit: 1000,
          queue_timeout: 30,
          event_limit: 65536,
          history: 2147483648,
          history_per_function: 536870912,
          kv: 1073741824,
          kv_per_function: 67108864
        },
        usage: { history: 52428800, kv: 4096 },
        sandboxes: { idle: 2, busy: 1 },
        database: 'sqlite',
        base_url: 'https://moonlet.example.org',
        functions_url: 'https://moonlet.example.org',
        server_time: 1767225600,
        time_zone: 'UTC'
      }
    ]
  }
)

export function addStatusRoute(api: ApiScope): void {
  const { config, scheduler, storage } = api
  const limits = {
    execution_timeout: config.EXECUTION_TIMEOUT,
    body_limit: config.BODY_LIMIT,
    response_limit: config.RESPONSE_LIMIT,
    sandbox_max: config.SANDBOX_MAX,
    sandbox_busy_max: config.SANDBOX_BUSY_MAX,
    sandbox_pool_memory: config.SANDBOX_POOL_MEMORY,
    sandbox_memory: config.SANDBOX_MEMORY_MB * 1024 ** 2,
    queue_limit: config.QUEUE_LIMIT,
    queue_timeout: config.QUEUE_TIMEOUT,
    event_limit: config.EVENT_LIMIT,
    history: config.HISTORY_LIMIT,
    history_per_function: config.HISTORY_LIMIT_PER_FUNCTION,
    kv: config.KV_LIMIT,
    kv_per_function: config.KV_LIMIT_PER_FUNCTION
  }

  api.get(
    '/api/status',
    {
      config: { scope: 'any', reach: 'nothing' },
      schema: {
        operationId: 'getStatus',
        tags: ['Server'],
        summary: 'Read what the server is and does',
        description:
          'Its version, limits and addresses, what is stored, and what its ' +
          'sandboxes are doing.',
        response: { 200: Status, ...commonErrors }
      }
    },
    async () => ({
      version: moonletVersion,
      lua_version: LUA_VERSION,
      limits,
      usage: await storage.usage(),
      sandboxes: { ...scheduler.counts() },
      database: storage.shared === undefined ? ('sqlite' as const) : ('postgresql' as const),
      base_url: api.baseUrl(),
      functions_url: api.functionsUrl(),
      server_time: Math.floor(Date.now() / 1000),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone
    })
  )
}
