/** Variables: those of a function, and those that all functions share. */
import { Type } from 'typebox'
import { bodyErrors, commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { hasScope } from '../../../core/http/token-functions.js'
import { MoonletError } from '../../../core/base/errors.js'
import { readEnvVars } from '../../../core/validation/env-vars.js'
import { findFunction } from '../find-function.js'
import { changeFunction, sendTag, staleFunction } from '../functions/revision.js'
import { FunctionId } from '../functions/schema.js'
import { toVersion, Version } from '../versions/schema.js'
import { addVariableHistoryRoutes } from './history.js'
import { ofAllFunctions, staleShared } from './places.js'
import { NewEnvVars, SharedEnvVars, toVisible } from './schema.js'

const badVariables = { 400: 'env_vars: env_vars cannot be nil' }
const sharedTags = ['Shared variables']

export function addVariableRoutes(api: ApiScope): void {
  addReplaceEnvVars(api)
  addGetSharedEnvVars(api)
  addReplaceSharedEnvVars(api)
  addVariableHistoryRoutes(api)
}

function addReplaceEnvVars(api: ApiScope): void {
  const { storage } = api
  api.put(
    '/api/functions/:id/env',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'replaceEnvVars',
        tags: ['Functions'],
        summary: 'Replace the environment variables',
        description:
          'The whole set; makes no new version. Answers with the active version. What was ' +
          'there before is kept in the history.',
        params: Type.Object({ id: FunctionId }),
        headers: IfMatch,
        body: NewEnvVars,
        response: {
          200: { ...Version, ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            ...badVariables,
            404: 'Function not found',
            409: 'No active version found'
          }),
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, body, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const variables = readEnvVars(body.env_vars)
      const { active } = await findFunction(storage, params.id)
      if (active === undefined) throw new MoonletError('CONFLICT', 'No active version found')
      sendTag(
        reply,
        await changeFunction(storage, { request, action: 'variables.replace' }, () =>
          storage.env.replace(params.id, variables, mayChange)
        )
      )
      return toVersion(active)
    }
  )
}

function addGetSharedEnvVars(api: ApiScope): void {
  api.get(
    '/api/env',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'getSharedEnvVars',
        tags: sharedTags,
        summary: 'Read the shared variables',
        description:
          'Every function sees them, unless it has one of its own of the same name. A token without ' +
          'the scope `functions:write` sees their names with empty values, and one for certain ' +
          'functions does not come here: `GET /api/functions/{id}` tells it their names.',
        response: { 200: { ...SharedEnvVars, ...etagHeader }, ...commonErrors }
      }
    },
    async (request, reply) => {
      const { variables, revision } = await api.storage.env.shared.snapshot()
      sendTag(reply, revision)
      return { env_vars: toVisible(variables, hasScope(request, 'functions:write')) }
    }
  )
}

function addReplaceSharedEnvVars(api: ApiScope): void {
  const { shared } = api.storage.env
  const place = ofAllFunctions(api.storage)
  api.put(
    '/api/env',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'replaceSharedEnvVars',
        tags: sharedTags,
        summary: 'Replace the shared variables',
        description:
          'The whole set, for the next run of every function. What was there before is kept in the ' +
          'history.',
        headers: IfMatch,
        body: NewEnvVars,
        response: {
          200: { ...SharedEnvVars, ...etagHeader },
          ...bodyErrors,
          ...errorResponses(badVariables),
          ...staleShared
        }
      }
    },
    async (request, reply) => {
      const mayChange = readIfMatch(request.headers['if-match'])
      const variables = readEnvVars(request.body.env_vars)
      const change = () => shared.replace(variables, mayChange)
      sendTag(reply, await place.change(request, 'replace', change))
      return { env_vars: variables }
    }
  )
}
