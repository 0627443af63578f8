/** Shared modules: reading, creating, changing and deleting them. */
import { Type } from 'typebox'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  conditionErrors,
  ErrorResponse,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import { etagHeader, IfMatch, readIfMatch, toEntityTag } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { functionsOf } from '../../../core/http/token-functions.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { readModuleChange, readNewModule } from '../../../core/validation/module-change.js'
import { sendTag } from '../functions/revision.js'
import { orderQuery, searchErrorText, searchQuery } from '../list-query.js'
import { readOrigin, versionNote } from '../functions/version-note.js'
import { changeModule, moduleNotFound, readModule, reservedBy, staleModule } from './revision.js'
import {
  ListedModule,
  moduleExample,
  moduleFields,
  ModuleId,
  ModuleSchema,
  moduleTags,
  moduleVersionExample,
  requiredByField,
  toModule
} from './schema.js'

const ModulePath = Type.Object({ id: ModuleId })

const force = Type.Object({
  force: Type.Optional(
    Type.Boolean({ description: 'Also when something requires the module by the name it has.' })
  )
})

const StillRequired = Type.Object(
  { ...ErrorResponse.properties, required_by: Type.Optional(requiredByField) },
  {
    title: 'StillRequired',
    'x-response-description':
      'Another module has the name; or something requires the module, and is named in `required_by`.',
    examples: [
      {
        error:
          'The module "shop" is required by the function "hello" (d2c1v7h8e9k0m3n4p5q6). ' +
          'Change them first, or repeat this with force=true.',
        required_by: moduleExample.required_by
      }
    ]
  }
)

export function addModuleRoutes(api: ApiScope): void {
  addCreateModule(api)
  addListModules(api)
  addGetModule(api)
  addUpdateModule(api)
  addDeleteModule(api)
}

function addCreateModule(api: ApiScope): void {
  const { ids, storage } = api
  api.post(
    '/api/modules',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'createModule',
        tags: moduleTags,
        summary: 'Create a shared module',
        description:
          'With version 1 of its code, which is active at once. Other fields are ignored.',
        body: Type.Object(
          { ...moduleFields, ...versionNote },
          { examples: [{ name: 'shop', code: moduleVersionExample.code }] }
        ),
        response: {
          201: { ...ModuleSchema, ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'name: name cannot be empty',
            409: 'name: "shop" is the name of another module (d2c1v7h8e9k0m3n4p5r0)'
          })
        }
      }
    },
    async (request, reply) => {
      const wanted = {
        ...readNewModule(request.body, reservedBy(api.lua)),
        origin: readOrigin(request, request.body),
        id: ids.next(),
        now: Math.floor(Date.now() / 1000)
      }
      const created = await storage.audit.track(
        auditNote(request, 'module.create'),
        { functions: [], modules: [wanted.id] },
        () => storage.modules.create(wanted)
      )
      sendTag(reply, created.revision).code(201)
      return toModule(created, functionsOf(request))
    }
  )
}

function addListModules(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/modules',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'listModules',
        tags: moduleTags,
        summary: 'List shared modules',
        description: 'By name unless `sort` says otherwise.',
        querystring: Type.Object({
          ...PageQuery,
          ...searchQuery('modules'),
          ...orderQuery('Ascending unless it says `desc`.')
        }),
        response: {
          200: pageOf('modules', ListedModule),
          ...errorResponses({ 400: searchErrorText }),
          ...commonErrors
        }
      }
    },
    async request => {
      const { query } = request
      const { search, sort = 'name', order = 'asc' } = query
      const { rows, total } = await storage.modules.list(query, search, { sort, order })
      const modules = rows.map(row => ({
        ...toModule(row, functionsOf(request)),
        etag: toEntityTag(row.revision)
      }))
      return { modules, pagination: toPagination(total, query) }
    }
  )
}

function addGetModule(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/modules/:id',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'getModule',
        tags: moduleTags,
        summary: 'Read a shared module',
        description:
          'With the code of its active version, what it exports, requires, and what requires it.',
        params: ModulePath,
        response: {
          200: { ...ModuleSchema, ...etagHeader },
          ...errorResponses({ 404: 'Module not found' }),
          ...commonErrors
        }
      }
    },
    async (request, reply) => {
      const found = await readModule(storage, request.params.id)
      sendTag(reply, found.revision)
      return toModule(found, functionsOf(request))
    }
  )
}

function addUpdateModule(api: ApiScope): void {
  const { storage } = api
  api.put(
    '/api/modules/:id',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'updateModule',
        tags: moduleTags,
        summary: 'Change a shared module',
        description:
          'Any of the fields, at least one. `code` makes and activates a new version, which the ' +
          'next run of every function that requires the module uses. Another `name` is refused ' +
          'while something requires the present one, unless `force` is true.',
        params: ModulePath,
        querystring: force,
        headers: IfMatch,
        body: Type.Object(
          {
            ...moduleFields,
            ...versionNote,
            activate: Type.Optional(
              Type.Boolean({
                default: true,
                description: 'With `code`: false makes the new version without activating it.'
              })
            )
          },
          { examples: [{ code: moduleVersionExample.code, message: 'New tax' }] }
        ),
        response: {
          200: { ...NoContent('The module has been changed.'), ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'request: at least one field must be provided for update',
            404: 'Module not found'
          }),
          409: StillRequired,
          ...staleModule
        }
      }
    },
    async (request, reply) => {
      const { params, body, headers, query } = request
      const change = {
        ...readModuleChange(body, reservedBy(api.lua)),
        activate: body.activate,
        origin: readOrigin(request, body),
        now: Math.floor(Date.now() / 1000)
      }
      const options = { force: query.force === true, mayChange: readIfMatch(headers['if-match']) }
      const revision = await changeModule(storage, { request, action: 'module.update' }, () =>
        storage.modules.update(params.id, change, options)
      )
      if (revision === false) throw moduleNotFound()
      return sendTag(reply, revision).code(200).send()
    }
  )
}

function addDeleteModule(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/modules/:id',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'deleteModule',
        tags: moduleTags,
        summary: 'Delete a shared module',
        description:
          'With all its versions. Refused while active versions require it, unless `force` is true.',
        params: ModulePath,
        querystring: force,
        headers: IfMatch,
        response: {
          204: NoContent('The module is gone.'),
          ...conditionErrors,
          ...errorResponses({ 404: 'Module not found' }),
          409: StillRequired,
          ...changeErrors,
          ...staleModule
        }
      }
    },
    async (request, reply) => {
      const { params, headers, query } = request
      const options = { force: query.force === true, mayChange: readIfMatch(headers['if-match']) }
      const removed = await changeModule(storage, { request, action: 'module.delete' }, () =>
        storage.modules.remove(params.id, options)
      )
      if (!removed) throw moduleNotFound()
      return reply.code(204).send()
    }
  )
}
