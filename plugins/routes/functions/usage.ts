/** What a function uses of its limits, and how often they have refused a call. */
import { Type, type Static } from 'typebox'
import {
  rateLimitSubjects,
  refusalReasons,
  type RateLimit
} from '../../../core/contracts/front-door.js'
import { MAX_COUNTED_CALLERS, type RateLimitUse } from '../../../core/contracts/shared-work.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { findFunction } from '../find-function.js'
import { FunctionId } from './schema.js'

const Used = Type.Object({ used: Type.Integer(), limit: Type.Integer() })

const Usage = Type.Object(
  {
    kv_bytes: { ...Used, description: 'Bytes of stored values.' },
    history_bytes: {
      ...Used,
      description: 'Bytes of executions, logs and requests; beyond, the oldest are deleted.'
    },
    running: Type.Object(
      {
        used: Type.Integer(),
        limit: Type.Optional(Type.Integer({ description: '`max_concurrency`; absent when unset.' }))
      },
      { description: 'Runs that are going on, whatever has started them.' }
    ),
    rate_limit: Type.Optional(
      Type.Object(
        {
          used: Type.Integer({
            description:
              'Calls that were let in of the caller who has made most, since the window began.'
          }),
          limit: Type.Integer({ description: '`requests` of the function.' }),
          seconds: Type.Integer({ description: 'How long a window lasts.' }),
          by: Type.Enum([...rateLimitSubjects]),
          callers: Type.Integer({
            description: `Those with an open window, ${MAX_COUNTED_CALLERS} at most; by \`function\` all are one.`
          }),
          reset_seconds: Type.Optional(
            Type.Integer({
              description: 'Until the window of that caller ends; absent when nobody has called.'
            })
          )
        },
        { description: 'Absent when unset. Refused calls do not count as used.' }
      )
    ),
    refused: Type.Record(Type.String(), Type.Integer(), {
      description: `Refused calls by reason since the start of the server, of several that of each: ${refusalReasons
        .map(reason => `\`${reason}\``)
        .join(', ')}.`
    })
  },
  {
    title: 'Usage',
    examples: [
      {
        kv_bytes: { used: 4096, limit: 67108864 },
        history_bytes: { used: 52428800, limit: 536870912 },
        running: { used: 1, limit: 4 },
        rate_limit: {
          used: 60,
          limit: 60,
          seconds: 60,
          by: 'ip',
          callers: 3,
          reset_seconds: 41
        },
        refused: { key: 12, rate_limit: 3 }
      }
    ]
  }
)

export function addUsageRoute(api: ApiScope): void {
  const { config, frontDoor, scheduler, storage } = api
  api.get(
    '/api/functions/:id/usage',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'getUsage',
        tags: ['Functions'],
        summary: 'Read what a function uses of its limits',
        description:
          'Beside each limit that holds for it, and the calls that were refused, by reason. Of several servers ' +
          'on one database it is what all of them say, refused calls some seconds later.',
        params: Type.Object({ id: FunctionId }),
        response: { 200: Usage, ...errorResponses({ 404: 'Function not found' }), ...commonErrors }
      }
    },
    async ({ params }) => {
      const { frontDoor: door = {} } = (await findFunction(storage, params.id)).fn
      const [{ kv, history }, rate, elsewhere] = await Promise.all([
        storage.usage(params.id),
        frontDoor.rateUse(params.id, door),
        storage.shared?.functionUse.elsewhere(params.id)
      ])
      return {
        kv_bytes: { used: kv, limit: door.kv_bytes ?? config.KV_LIMIT_PER_FUNCTION },
        history_bytes: {
          used: history,
          limit: door.history_bytes ?? config.HISTORY_LIMIT_PER_FUNCTION
        },
        running: {
          used: scheduler.running(params.id) + (elsewhere?.running ?? 0),
          limit: door.max_concurrency
        },
        rate_limit: door.rate_limit && rate && showRate(door.rate_limit, rate),
        refused: sum([frontDoor.refused(params.id), ...(elsewhere?.refused ?? [])])
      }
    }
  )
}

const showRate = (
  { requests, seconds, by }: RateLimit,
  { used, callers, resetMs }: RateLimitUse
): Static<typeof Usage>['rate_limit'] => ({
  used,
  limit: requests,
  seconds,
  by,
  callers,
  ...(resetMs === undefined ? {} : { reset_seconds: Math.ceil(resetMs / 1000) })
})

function sum(all: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const total: Record<string, number> = {}
  for (const counts of all) {
    for (const [reason, count] of Object.entries(counts)) {
      total[reason] = (total[reason] ?? 0) + count
    }
  }
  return total
}
