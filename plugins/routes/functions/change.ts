/** `PUT /api/functions/{id}`: changes of a function. */
import { Type } from 'typebox'
import { bodyErrors, errorResponses, NoContent } from '../../../core/http/response-schemas.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { MoonletError } from '../../../core/base/errors.js'
import { readFunctionChange } from '../../../core/validation/function-change.js'
import { limits } from '../../../core/validation/limits.js'
import { changeFunction, sendTag, staleFunction } from './revision.js'
import { frontDoorChange } from './front-door-schema.js'
import { FunctionId } from './schema.js'
import { readOrigin, versionNote } from './version-note.js'

const tags = ['Functions']
const FunctionPath = Type.Object({ id: FunctionId })

/** What may be changed. */
export const changeFields = {
  name: Type.Optional(
    Type.String({ description: `Not blank, at most ${limits.nameBytes} bytes.` })
  ),
  description: Type.Optional(
    Type.String({ description: `At most ${limits.descriptionBytes} bytes.` })
  ),
  code: Type.Optional(
    Type.String({
      description:
        'Makes and activates a new version, even when equal to the old one; not blank, at most ' +
        `${limits.codeBytes} bytes.`
    })
  ),
  disabled: Type.Optional(Type.Boolean()),
  retention_days: Type.Optional(
    Type.Integer({ description: `One of ${limits.retentionDays.join(', ')}.` })
  ),
  cron_schedule: Type.Optional(
    Type.String({
      description:
        'Minute, hour, day of month, month and weekday, optionally after `CRON_TZ=Zone `; ' +
        'empty to clear it. Setting it does not activate it.'
    })
  ),
  cron_status: Type.Optional(
    Type.String({
      description: `One of ${limits.cronStatuses.map(status => `\`${status}\``).join(', ')}.`
    })
  ),
  cron_catch_up: Type.Optional(
    Type.Boolean({
      description: 'Run once at start when a run was missed while the server was down.'
    })
  ),
  save_response: Type.Optional(Type.Boolean()),
  allow_same_origin: Type.Optional(
    Type.Boolean({
      description:
        'Let pages of this function share an origin with the dashboard and other functions: ' +
        'its answers carry no sandboxing policy.'
    })
  ),
  ...frontDoorChange
}

const FunctionChange = Type.Object(
  {
    ...changeFields,
    ...versionNote,
    activate: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'With `code`: false makes the new version without activating it.'
      })
    )
  },
  { examples: [{ cron_schedule: '*/5 * * * *', cron_status: 'active' }] }
)

export function addFunctionChanges(api: ApiScope): void {
  const { storage } = api

  api.put(
    '/api/functions/:id',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'updateFunction',
        tags,
        summary: 'Change a function',
        description:
          'Any of the fields, at least one. All of them are checked before anything is changed.',
        params: FunctionPath,
        headers: IfMatch,
        body: FunctionChange,
        response: {
          200: { ...NoContent('The function has been changed.'), ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'request: at least one field must be provided for update',
            404: 'Function not found',
            409: 'slug: "hello" is the slug of the function "greeting" (d2c1v7h8e9k0m3n4p5q6)'
          }),
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const change = {
        ...readFunctionChange(body, api.config),
        activate: body.activate,
        origin: readOrigin(request, body),
        now: Math.floor(Date.now() / 1000)
      }
      if (change.patch.frontDoor?.routes) api.addressBook.checkRoutes(change.patch.frontDoor.routes)
      const revision = await changeFunction(storage, { request, action: 'function.update' }, () =>
        storage.functions.update(params.id, change, mayChange)
      )
      if (revision === false) throw new MoonletError('NOT_FOUND', 'Function not found')
      return sendTag(reply, revision).code(200).send()
    }
  )
}
