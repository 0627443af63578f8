/** Functions over the management API: created, listed, read, deleted. Changes are in change.ts. */
import { Type } from 'typebox'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  conditionErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import { etagHeader, IfMatch, readIfMatch, toEntityTag } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { functionsOf, hasScope } from '../../../core/http/token-functions.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { MoonletError } from '../../../core/base/errors.js'
import { readNewFunction } from '../../../core/validation/function-change.js'
import { limits } from '../../../core/validation/limits.js'
import { orderQuery, searchErrorText, searchQuery } from '../list-query.js'
import { toLastExecution } from '../executions/schema.js'
import { versionExample } from '../versions/schema.js'
import { changeFunction, sendTag, showFunction, staleFunction } from './revision.js'
import { frontDoorChange } from './front-door-schema.js'
import {
  FunctionId,
  FunctionSchema,
  FunctionWithShared,
  ListedFunction,
  toFunction
} from './schema.js'
import { readOrigin, versionNote } from './version-note.js'

const tags = ['Functions']

const NewFunction = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description: `Not blank, at most ${limits.nameBytes} bytes; need not be unique.`
      })
    ),
    code: Type.Optional(
      Type.String({
        description:
          `Lua with a global \`handler(ctx, event)\`; not blank, at most ${limits.codeBytes} ` +
          'bytes. Stored as it is and not checked.'
      })
    ),
    description: Type.Optional(
      Type.String({ description: `At most ${limits.descriptionBytes} bytes.` })
    ),
    ...frontDoorChange,
    ...versionNote
  },
  { examples: [{ name: 'hello', code: versionExample.code, description: 'Says hello.' }] }
)

export function addFunctionRoutes(api: ApiScope): void {
  addCreateFunction(api)
  addListFunctions(api)
  addGetFunction(api)
  addDeleteFunction(api)
}

function addCreateFunction(api: ApiScope): void {
  const { ids, storage } = api
  api.post(
    '/api/functions',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'createFunction',
        tags,
        summary: 'Create a function',
        description:
          'With version 1 of its code, which is active at once. Other fields are ignored.',
        body: NewFunction,
        response: {
          200: { ...FunctionSchema, ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'name: name cannot be empty',
            409: 'slug: "hello" is the slug of the function "greeting" (d2c1v7h8e9k0m3n4p5q6)'
          })
        }
      }
    },
    async (request, reply) => {
      const { body } = request
      const fields = readNewFunction(body, api.config)
      if (fields.frontDoor?.routes) api.addressBook.checkRoutes(fields.frontDoor.routes)
      const wanted = {
        ...fields,
        origin: readOrigin(request, body),
        id: ids.next(),
        now: Math.floor(Date.now() / 1000)
      }
      const created = await storage.audit.track(
        auditNote(request, 'function.create'),
        { functions: [wanted.id] },
        () => storage.functions.create(wanted)
      )
      sendTag(reply, created.revision)
      // Absent in this answer alone: CONTRACT section 4.
      return { ...toFunction(created, {}), cron_status: undefined }
    }
  )
}

function addListFunctions(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'listFunctions',
        tags,
        summary: 'List functions',
        description:
          'The newest first unless `sort` says otherwise, each with its last execution. Of a search ' +
          'without `sort`, those with the text in their name come before those with it in their ' +
          'description alone.',
        querystring: Type.Object({
          ...PageQuery,
          ...searchQuery('functions'),
          ...orderQuery('Only with `sort`: ascending unless it says `desc`.'),
          with_env_names: Type.Optional(
            Type.Boolean({ description: 'Also the names of variables.' })
          )
        }),
        response: {
          200: pageOf('functions', ListedFunction),
          ...errorResponses({ 400: searchErrorText }),
          ...commonErrors
        }
      }
    },
    async request => {
      const { query } = request
      const { rows, total } = await storage.functions.list(
        query,
        query.search === '' ? undefined : query.search,
        query.sort && { sort: query.sort, order: query.order ?? 'asc' },
        functionsOf(request)
      )
      const latest = await storage.executions.latest(rows.map(({ fn }) => fn.id))
      const functions = rows.map(row => {
        const last = latest.get(row.fn.id)
        return {
          ...toFunction(row, {}),
          env_names: query.with_env_names ? [...row.variableNames] : undefined,
          etag: toEntityTag(row.revision),
          last_execution: last === undefined ? undefined : toLastExecution(last)
        }
      })
      return { functions, pagination: toPagination(total, query) }
    }
  )
}

function addGetFunction(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'getFunction',
        tags,
        summary: 'Read a function',
        description:
          'With its environment variables; a token without the scope `functions:write` sees their names ' +
          'with empty values. `shared` has the names of the shared variables.',
        params: Type.Object({ id: FunctionId }),
        response: {
          200: { ...FunctionWithShared, ...etagHeader },
          ...errorResponses({ 404: 'Function not found' }),
          ...commonErrors
        }
      }
    },
    async (request, reply) => {
      const withValues = hasScope(request, 'functions:write')
      const { current, revision } = await showFunction(storage, request.params.id, { withValues })
      sendTag(reply, revision)
      return current
    }
  )
}

function addDeleteFunction(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/functions/:id',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'deleteFunction',
        tags,
        summary: 'Delete a function',
        description:
          'With all that belongs to it: versions, executions, logs, request records, stored values and variables.',
        params: Type.Object({ id: FunctionId }),
        headers: IfMatch,
        response: {
          204: NoContent('The function is gone.'),
          ...conditionErrors,
          ...errorResponses({ 404: 'Function not found' }),
          ...changeErrors,
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const removed = await changeFunction(storage, { request, action: 'function.delete' }, () =>
        storage.functions.remove(params.id, mayChange)
      )
      if (!removed) throw new MoonletError('NOT_FOUND', 'Function not found')
      return reply.code(204).send()
    }
  )
}
