/** What variables were before: of a function, and those that all share. */
import { Type } from 'typebox'
import {
  changeErrors,
  commonErrors,
  conditionErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { MoonletError } from '../../../core/base/errors.js'
import { sendTag } from '../functions/revision.js'
import { entryPath, placePath, places, type Place, type VariableSet } from './places.js'
import { Entry, Former, toEntry } from './schema.js'

const entryMissing = { 404: 'There is no such entry in the history of the variables' }

export function addVariableHistoryRoutes(api: ApiScope): void {
  for (const place of places(api.storage)) {
    addListHistory(api, place)
    addForgetHistory(api, place)
    addGetFormer(api, place)
    addRestore(api, place)
  }
}

function addListHistory(api: ApiScope, place: Place): void {
  api.get(
    `${place.url}/history`,
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: `list${place.name}History`,
        tags: [place.tag],
        summary: `List what ${place.words} were before`,
        description:
          'The last change first, without values. Kept for 90 days: the last 50 changes ' +
          'through the API, and the last 10 of the function itself (those within an hour count ' +
          'as one).',
        params: placePath(place),
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf('history', Entry), ...place.missing, ...commonErrors }
      }
    },
    async ({ params, query }) => {
      const { rows, total } = await (await place.open(params)).history(query)
      return { history: rows.map(toEntry), pagination: toPagination(total, query) }
    }
  )
}

function addForgetHistory(api: ApiScope, place: Place): void {
  api.delete(
    `${place.url}/history`,
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: `forget${place.name}History`,
        tags: [place.tag],
        summary: `Forget what ${place.words} were before`,
        description: 'All of it, as after a leak. The present variables stay.',
        params: placePath(place),
        response: { 204: NoContent('The history is gone.'), ...place.missing, ...changeErrors }
      }
    },
    async (request, reply) => {
      await place.forget(request)
      return reply.code(204).send()
    }
  )
}

function addGetFormer(api: ApiScope, place: Place): void {
  api.get(
    `${place.url}/history/:entry`,
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: `getFormer${place.name}Vars`,
        tags: [place.tag],
        summary: `Read what ${place.words} were before`,
        description: 'With their values, as they were before the change that the entry is about.',
        params: entryPath(place),
        response: { 200: Former, ...errorResponses(entryMissing), ...commonErrors }
      }
    },
    async ({ params }) => {
      const former = await readFormer(await place.open(params), params.entry)
      return { id: Number(params.entry), env_vars: { ...former } }
    }
  )
}

function addRestore(api: ApiScope, place: Place): void {
  api.post(
    `${place.url}/history/:entry/restore`,
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: `restore${place.name}Vars`,
        tags: [place.tag],
        summary: `Bring back what ${place.words} were before`,
        description: 'The whole set, as it was. What it replaces is kept in the history too.',
        params: entryPath(place),
        headers: IfMatch,
        response: {
          200: { ...NoContent('The variables are back.'), ...etagHeader },
          ...errorResponses(entryMissing),
          ...changeErrors,
          ...conditionErrors,
          ...place.stale
        }
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const variables = await place.open(params)
      const wanted = await readFormer(variables, params.entry)
      const change = () => variables.replace(wanted, mayChange)
      sendTag(reply, await place.change(request, 'restore', change))
      return reply.code(200).send()
    }
  )
}

async function readFormer(
  variables: VariableSet,
  entry: string
): Promise<Readonly<Record<string, string>>> {
  const id = /^\d{1,15}$/.test(entry) ? Number(entry) : undefined
  const former = id === undefined ? undefined : await variables.former(id)
  if (former === undefined) throw new MoonletError('NOT_FOUND', entryMissing[404])
  return former
}
