/** Versions of shared modules. */
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { Diff, readDiff } from '../versions/diff.js'
import {
  activateResponses,
  checkDeleted,
  deleteResponses,
  readErrors,
  versionNotFound
} from '../versions/responses.js'
import { readVersionNumber } from '../versions/schema.js'
import { sendTag } from '../functions/revision.js'
import { changeModule, readModule, staleModule } from './revision.js'
import {
  ModuleId,
  moduleTags,
  ModuleVersion,
  moduleVersionExample,
  toModuleVersion
} from './schema.js'

const VersionPath = Type.Object({
  id: ModuleId,
  version: Type.String({
    description: 'Number of the version, or its id, `ver_{module}_v{number}`.',
    examples: ['1', moduleVersionExample.id]
  })
})

/** Throws VALIDATION. */
function readVersion({ id, version }: { readonly id: string; readonly version: string }): number {
  const prefix = `ver_${id}_v`
  return readVersionNumber(version.startsWith(prefix) ? version.slice(prefix.length) : version)
}

export function addModuleVersionRoutes(api: ApiScope): void {
  addListVersions(api)
  addGetVersion(api)
  addActivateVersion(api)
  addDeleteVersion(api)
  addDiff(api)
}

function addListVersions(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/modules/:id/versions',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'listModuleVersions',
        tags: moduleTags,
        summary: 'List the versions of a shared module',
        description: 'The highest number first.',
        params: Type.Object({ id: ModuleId }),
        querystring: Type.Object(PageQuery),
        response: {
          200: { ...pageOf('versions', ModuleVersion), ...etagHeader },
          ...errorResponses({ 404: 'Module not found' }),
          ...commonErrors
        }
      }
    },
    async ({ params, query }, reply) => {
      sendTag(reply, (await readModule(storage, params.id)).revision)
      const { rows, total } = await storage.modules.listVersions(params.id, query)
      return { versions: rows.map(toModuleVersion), pagination: toPagination(total, query) }
    }
  )
}

function addGetVersion(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/modules/:id/versions/:version',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'getModuleVersion',
        tags: moduleTags,
        summary: 'Read one version of a shared module',
        description: 'With its code, and who made it and why.',
        params: VersionPath,
        response: {
          200: ModuleVersion,
          ...readErrors,
          ...commonErrors
        }
      }
    },
    async ({ params }) => {
      const version = await storage.modules.findVersion(params.id, readVersion(params))
      if (version === undefined) throw versionNotFound()
      return toModuleVersion(version)
    }
  )
}

function addActivateVersion(api: ApiScope): void {
  const { storage } = api
  api.post(
    '/api/modules/:id/versions/:version/activate',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'activateModuleVersion',
        tags: moduleTags,
        summary: 'Make a version of a shared module the one that functions load',
        description:
          'From the next run on of whatever requires the module; runs that go on keep what they began with.',
        params: VersionPath,
        headers: IfMatch,
        response: activateResponses(staleModule)
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const [number, mayChange] = [readVersion(params), readIfMatch(headers['if-match'])]
      const revision = await changeModule(storage, { request, action: 'module.activate' }, () =>
        storage.modules.activate(params.id, number, mayChange)
      )
      if (revision === false) throw versionNotFound()
      return sendTag(reply, revision).code(200).send()
    }
  )
}

function addDeleteVersion(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/modules/:id/versions/:version',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'deleteModuleVersion',
        tags: moduleTags,
        summary: 'Delete a version of a shared module',
        description: 'The active version cannot be deleted.',
        params: VersionPath,
        headers: IfMatch,
        response: deleteResponses(staleModule)
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const [number, mayChange] = [readVersion(params), readIfMatch(headers['if-match'])]
      const action = 'module.delete_version'
      const result = await changeModule(storage, { request, action }, () =>
        storage.modules.removeVersion(params.id, number, mayChange)
      )
      checkDeleted(result)
      return reply.code(204).send()
    }
  )
}

function addDiff(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/modules/:id/diff/:v1/:v2',
    {
      config: { scope: 'functions:read', reach: 'filtered' },
      schema: {
        operationId: 'diffModuleVersions',
        tags: moduleTags,
        summary: 'Compare two versions of a shared module line by line',
        description: 'As `diffVersions` does for functions.',
        params: Type.Object({
          id: ModuleId,
          v1: Type.String({ description: 'Number of the old version.', examples: ['1'] }),
          v2: Type.String({ description: 'Number of the new version.', examples: ['2'] })
        }),
        response: {
          200: Diff,
          ...errorResponses({ 400: 'Invalid version number v1', 404: 'Version v1 not found' }),
          ...commonErrors
        }
      }
    },
    ({ params }) => readDiff(params, number => storage.modules.findVersion(params.id, number))
  )
}
