/** Versions of a function over the management API. */
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { changeFunction, readSnapshot, sendTag, staleFunction } from '../functions/revision.js'
import { FunctionId } from '../functions/schema.js'
import {
  activateResponses,
  checkDeleted,
  deleteResponses,
  readErrors,
  versionNotFound
} from './responses.js'
import { readVersionNumber, toVersion, Version } from './schema.js'

const tags = ['Versions']
/** One name for number and id: a path with two names for one parameter is not valid OpenAPI. */
const VersionPath = Type.Object({
  id: FunctionId,
  version: Type.String({
    description: 'Id of the version, `ver_{function}_v{number}`.',
    examples: ['ver_d2c1v7h8e9k0m3n4p5q6_v1']
  })
})

export function addVersionRoutes(api: ApiScope): void {
  addListVersions(api)
  addGetVersion(api)
  addActivateVersion(api)
  addDeleteVersion(api)
}

function addListVersions(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id/versions',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'listVersions',
        tags,
        summary: 'List the versions of a function',
        description: 'The highest number first.',
        params: Type.Object({ id: FunctionId }),
        querystring: Type.Object(PageQuery),
        response: {
          200: { ...pageOf('versions', Version), ...etagHeader },
          ...errorResponses({ 404: 'Function not found' }),
          ...commonErrors
        }
      }
    },
    async ({ params, query }, reply) => {
      sendTag(reply, (await readSnapshot(storage, params.id)).revision)
      const { rows, total } = await storage.versions.list(params.id, query)
      return { versions: rows.map(toVersion), pagination: toPagination(total, query) }
    }
  )
}

function addGetVersion(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id/versions/:version',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'getVersion',
        tags,
        summary: 'Read one version',
        description: 'By its number, with its code.',
        params: Type.Object({
          id: FunctionId,
          version: Type.String({ description: 'Number of the version.', examples: ['1'] })
        }),
        response: {
          200: Version,
          ...readErrors,
          ...commonErrors
        }
      }
    },
    async ({ params }) => {
      const version = await storage.versions.find(params.id, readVersionNumber(params.version))
      if (version === undefined) throw versionNotFound()
      return toVersion(version)
    }
  )
}

function addActivateVersion(api: ApiScope): void {
  const { storage } = api
  api.post(
    '/api/functions/:id/versions/:version/activate',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'activateVersion',
        tags,
        summary: 'Make a version the one that runs',
        description:
          'The next call runs it; calls that are running end with the version ' +
          'that they began with.',
        params: VersionPath,
        headers: IfMatch,
        response: activateResponses(staleFunction)
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const revision = await changeFunction(storage, { request, action: 'version.activate' }, () =>
        storage.versions.activate(params.id, params.version, mayChange)
      )
      if (revision === false) throw versionNotFound()
      return sendTag(reply, revision).code(200).send()
    }
  )
}

function addDeleteVersion(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/functions/:id/versions/:version',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'deleteVersion',
        tags,
        summary: 'Delete a version',
        description: 'Its executions go too. The active version cannot be deleted.',
        params: VersionPath,
        headers: IfMatch,
        response: deleteResponses(staleFunction)
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const result = await changeFunction(storage, { request, action: 'version.delete' }, () =>
        storage.versions.remove(params.id, params.version, mayChange)
      )
      checkDeleted(result)
      return reply.code(204).send()
    }
  )
}
