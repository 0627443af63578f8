/** Functions as the API shows them. */
import { Type } from 'typebox'
import type { Route } from '../../../core/contracts/front-door.js'
import type { FunctionWithVersion, RequiredModule } from '../../../core/contracts/functions.js'
import {
  findRouteProblems,
  type RouteProblem
} from '../../../core/validation/front-door/route-problem.js'
import { toFunctionSettings } from '../../../core/validation/function-settings.js'
import { limits } from '../../../core/validation/limits.js'
import { frontDoorExample, frontDoorSchemas } from './front-door-schema.js'
import { requiresField, toRequires } from '../modules/schema.js'
import { LastExecution, lastExecutionExample } from '../executions/schema.js'
import { toVersion, Version, versionExample } from '../versions/schema.js'

export const FunctionId = Type.String({
  description: 'Id of the function.',
  examples: ['d2c1v7h8e9k0m3n4p5q6']
})

export const functionExample = {
  id: 'd2c1v7h8e9k0m3n4p5q6',
  name: 'hello',
  description: 'Says hello.',
  env_vars: { GREETING: 'hello' },
  disabled: false,
  retention_days: 30,
  cron_schedule: '*/5 * * * *',
  cron_status: 'paused',
  cron_catch_up: false,
  save_response: false,
  allow_same_origin: false,
  ...frontDoorExample,
  created_at: 1767225600,
  updated_at: 1767225600,
  active_version: versionExample,
  requires: []
}

const fields = {
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String({ description: 'Absent when never set.' })),
  env_vars: Type.Record(Type.String(), Type.String(), {
    description: 'Environment variables; always empty in lists, so that values do not leak.'
  }),
  disabled: Type.Boolean({ description: 'Calls are answered with 403.' }),
  retention_days: Type.Optional(
    Type.Integer({
      enum: limits.retentionDays,
      description: `How long executions are kept; absent when unset, which means ${limits.retentionDays[0]} days.`
    })
  ),
  cron_schedule: Type.Optional(
    Type.String({ description: 'Absent when never set, empty once cleared.' })
  ),
  cron_status: Type.Optional(
    Type.Enum([...limits.cronStatuses], { description: 'Absent in the response to the creation.' })
  ),
  cron_catch_up: Type.Boolean({
    description: 'Run once at start when a run was missed while the server was down.'
  }),
  save_response: Type.Boolean({
    description: 'Keep what the function answers with each execution.'
  }),
  allow_same_origin: Type.Boolean({
    description:
      'Let pages of this function share an origin with the dashboard and other functions: its ' +
      'answers carry no sandboxing policy.'
  }),
  ...frontDoorSchemas,
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  updated_at: Type.Integer({ description: 'Unix seconds.' }),
  active_version: Type.Optional(Version),
  requires: Type.Optional(requiresField)
}

export const FunctionSchema = Type.Object(fields, {
  title: 'Function',
  examples: [functionExample]
})

export const sharingExample = { ...functionExample, shared: ['SMTP_HOST'] }
export const FunctionWithShared = Type.Object(
  {
    ...fields,
    shared: Type.Array(Type.String(), {
      description:
        'Names of the variables that all functions share, sorted. The function sees them, but for ' +
        'those that `env_vars` has too.'
    })
  },
  {
    title: 'FunctionWithShared',
    examples: [sharingExample]
  }
)

export const ListedFunction = Type.Object(
  {
    ...fields,
    env_names: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Names of its variables, sorted; only with `with_env_names`.'
      })
    ),
    etag: Type.String({ description: 'As the `ETag` of the function.' }),
    last_execution: Type.Optional(LastExecution)
  },
  {
    title: 'ListedFunction',
    examples: [
      {
        ...functionExample,
        env_vars: {},
        etag: '"PZv1f4Ry2mJ0cQw8sT5aXg"',
        last_execution: lastExecutionExample
      }
    ]
  }
)

/** `envVars` as they may be seen in this response. */
export const toFunction = (
  { fn, active, requires }: FunctionWithVersion & { readonly requires?: readonly RequiredModule[] },
  envVars: Record<string, string>
) => ({
  id: fn.id,
  ...toFunctionSettings(fn),
  ...toRouteProblems(fn.frontDoor?.routes ?? []),
  env_vars: envVars,
  created_at: fn.createdAt,
  updated_at: fn.updatedAt,
  active_version: active === undefined ? undefined : toVersion(active),
  requires: requires && toRequires(requires)
})

function toRouteProblems(routes: readonly Route[]): { route_problems?: RouteProblem[] } {
  const problems = findRouteProblems(routes)
  return problems.length === 0 ? {} : { route_problems: problems }
}
