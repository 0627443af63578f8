import { Type } from 'typebox'
import { bodyFailures, failures, NoContent } from '../../../core/api/answers.js'
import type { ApiScope } from '../../../core/api/scope.js'
import { MoonletError } from '../../../core/errors.js'
import { readEnvVars } from '../../../core/validation/env-vars.js'
import { readFunctionChange } from '../../../core/validation/function-change.js'
import { limits } from '../../../core/validation/limits.js'
import { findFunction } from '../find-function.js'
import { toVersion, Version } from '../versions/schema.js'
import { FunctionId } from './schema.js'

const tags = ['Functions']
const FunctionPath = Type.Object({ id: FunctionId })

const FunctionChange = Type.Object({
  name: Type.Optional(Type.String({ description: `Not blank, at most ${limits.nameBytes} bytes.` })),
  description: Type.Optional(Type.String({ description: `At most ${limits.descriptionBytes} bytes.` })),
  code: Type.Optional(Type.String({ description: `Makes and activates a new version, even when equal to the old one; not blank, at most ${limits.codeBytes} bytes.` })),
  disabled: Type.Optional(Type.Boolean()),
  retention_days: Type.Optional(Type.Integer({ description: `One of ${limits.retentionDays.join(', ')}.` })),
  cron_schedule: Type.Optional(Type.String({ description: 'Minute, hour, day of month, month and weekday, optionally after `CRON_TZ=Zone `; empty to clear it. Setting it does not activate it.' })),
  cron_status: Type.Optional(Type.String({ description: `One of ${limits.cronStatuses.map(status => `\`${status}\``).join(', ')}.` })),
  cron_catch_up: Type.Optional(Type.Boolean({ description: 'Run once at start when a run was missed while the server was down.' })),
  save_response: Type.Optional(Type.Boolean()),
  allow_same_origin: Type.Optional(Type.Boolean({ description: 'Let pages of this function share an origin with the dashboard and other functions: its answers carry no sandboxing policy.' }))
}, { examples: [{ cron_schedule: '*/5 * * * *', cron_status: 'active' }] })

const NewEnvVars = Type.Object({
  env_vars: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
    description: `All variables. At most ${limits.envVars}; names of letters, digits and \`_\`, at most ${limits.envKeyBytes} bytes; values not blank, at most ${limits.envValueBytes} bytes.`
  }))
}, { examples: [{ env_vars: { GREETING: 'hello' } }] })

export function addFunctionChanges (api: ApiScope): void {
  const { storage } = api

  api.put('/api/functions/:id', {
    schema: {
      operationId: 'updateFunction',
      tags,
      summary: 'Change a function',
      description: 'Any of the fields, at least one. All of them are checked before anything is changed.',
      params: FunctionPath,
      body: FunctionChange,
      response: { 200: NoContent('The function has been changed.'), ...bodyFailures, ...failures({ 400: 'request: at least one field must be provided for update', 404: 'Function not found' }) }
    }
  }, async ({ params, body }, reply) => {
    const change = readFunctionChange(body)
    const updated = await storage.functions.update(params.id, { ...change, now: Math.floor(Date.now() / 1000) })
    if (!updated) throw new MoonletError('NOT_FOUND', 'Function not found')
    return reply.code(200).send()
  })

  api.put('/api/functions/:id/env', {
    schema: {
      operationId: 'replaceEnvVars',
      tags,
      summary: 'Replace the environment variables',
      description: 'The whole set; makes no new version. Answers with the active version.',
      params: FunctionPath,
      body: NewEnvVars,
      response: { 200: Version, ...bodyFailures, ...failures({ 400: 'env_vars: env_vars cannot be nil', 404: 'Function not found', 409: 'No active version found' }) }
    }
  }, async ({ params, body }) => {
    const variables = readEnvVars(body.env_vars)
    const { active } = await findFunction(storage, params.id)
    if (active === undefined) throw new MoonletError('CONFLICT', 'No active version found')
    await storage.env.replace(params.id, variables)
    return toVersion(active)
  })
}
