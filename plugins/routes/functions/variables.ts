/** The environment variables of a function, and what they were before. */
import { Type } from 'typebox'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  conditionErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import { PageQuery, pageOf, toPagination } from '../../../core/http/pagination.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import type { VariablesEntry } from '../../../core/contracts/env.js'
import { MoonletError } from '../../../core/base/errors.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { readEnvVars } from '../../../core/validation/env-vars.js'
import { limits } from '../../../core/validation/limits.js'
import { findFunction } from '../find-function.js'
import { toVersion, Version } from '../versions/schema.js'
import { changeFunction, sendTag, staleFunction } from './revision.js'
import { FunctionId } from './schema.js'

const tags = ['Functions']
const FunctionPath = Type.Object({ id: FunctionId })
const EntryPath = Type.Object({
  id: FunctionId,
  entry: Type.String({ description: 'Id of the entry.', examples: ['12'] })
})
const entryMissing = { 404: 'There is no such entry in the history of the variables' }

const NewEnvVars = Type.Object(
  {
    env_vars: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
        description:
          `All variables. At most ${limits.envVars}; names of letters, digits and \`_\`, at most ` +
          `${limits.envKeyBytes} bytes; values not blank, at most ${limits.envValueBytes} bytes.`
      })
    )
  },
  { examples: [{ env_vars: { GREETING: 'hello' } }] }
)

const entryFields = {
  id: Type.Integer({ description: 'Never used twice.' }),
  replaced_at: Type.Integer({
    description: 'Until when the variables were like this, in Unix seconds.'
  }),
  replaced_by: Type.Enum(['user', 'function'], {
    description: 'Who changed them then: somebody through this API, or the function itself.'
  }),
  changes: Type.Array(
    Type.Object({
      name: Type.String(),
      change: Type.Enum(['added', 'changed', 'removed'])
    }),
    { description: 'What that change did.' }
  )
}
const entryExample = {
  id: 12,
  replaced_at: 1767225600,
  replaced_by: 'user' as const,
  changes: [{ name: 'GREETING', change: 'changed' as const }]
}
const Entry = Type.Object(entryFields, { title: 'EnvHistoryEntry', examples: [entryExample] })
const Former = Type.Object(
  {
    id: entryFields.id,
    env_vars: Type.Record(Type.String(), Type.String())
  },
  { title: 'FormerEnvVars', examples: [{ id: 12, env_vars: { GREETING: 'good morning' } }] }
)

export function addVariableRoutes(api: ApiScope): void {
  addReplaceEnvVars(api)
  addListEnvHistory(api)
  addForgetEnvHistory(api)
  addGetFormerEnvVars(api)
  addRestoreEnvVars(api)
}

function addReplaceEnvVars(api: ApiScope): void {
  const { storage } = api
  api.put(
    '/api/functions/:id/env',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'replaceEnvVars',
        tags,
        summary: 'Replace the environment variables',
        description:
          'The whole set; makes no new version. Answers with the active version. What was ' +
          'there before is kept in the history.',
        params: FunctionPath,
        headers: IfMatch,
        body: NewEnvVars,
        response: {
          200: { ...Version, ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'env_vars: env_vars cannot be nil',
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

function addListEnvHistory(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id/env/history',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'listEnvHistory',
        tags,
        summary: 'List what the environment variables were before',
        description:
          'The last change first, without values. Kept for 90 days: the last 50 changes ' +
          'through the API, and the last 10 of the function itself (those within an hour count ' +
          'as one).',
        params: FunctionPath,
        querystring: Type.Object(PageQuery),
        response: {
          200: pageOf('history', Entry),
          ...errorResponses({ 404: 'Function not found' }),
          ...commonErrors
        }
      }
    },
    async ({ params, query }) => {
      await findFunction(storage, params.id)
      const { rows, total } = await storage.env.history(params.id, query)
      return { history: rows.map(toEntry), pagination: toPagination(total, query) }
    }
  )
}

function addForgetEnvHistory(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/functions/:id/env/history',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'forgetEnvHistory',
        tags,
        summary: 'Forget what the environment variables were before',
        description: 'All of it, as after a leak. The present variables stay.',
        params: FunctionPath,
        response: {
          204: NoContent('The history is gone.'),
          ...errorResponses({ 404: 'Function not found' }),
          ...changeErrors
        }
      }
    },
    async (request, reply) => {
      const { fn } = await findFunction(storage, request.params.id)
      const target = { kind: 'function', id: fn.id, name: fn.name, functionId: fn.id }
      const note = auditNote(request, 'variables.forget_history')
      await storage.audit.track(note, { target }, () => storage.env.forgetHistory(fn.id))
      return reply.code(204).send()
    }
  )
}

function addGetFormerEnvVars(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id/env/history/:entry',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'getFormerEnvVars',
        tags,
        summary: 'Read what the environment variables were before',
        params: EntryPath,
        response: { 200: Former, ...errorResponses(entryMissing), ...commonErrors }
      }
    },
    async ({ params }) => {
      const id = Number(params.entry)
      return { id, env_vars: { ...(await readFormer(storage, params.id, params.entry)) } }
    }
  )
}

function addRestoreEnvVars(api: ApiScope): void {
  const { storage } = api
  api.post(
    '/api/functions/:id/env/history/:entry/restore',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'restoreEnvVars',
        tags,
        summary: 'Bring back what the environment variables were before',
        description: 'The whole set, as it was. What it replaces is kept in the history too.',
        params: EntryPath,
        headers: IfMatch,
        response: {
          200: { ...NoContent('The variables are back.'), ...etagHeader },
          ...errorResponses(entryMissing),
          ...changeErrors,
          ...conditionErrors,
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      const variables = await readFormer(storage, params.id, params.entry)
      sendTag(
        reply,
        await changeFunction(storage, { request, action: 'variables.restore' }, () =>
          storage.env.replace(params.id, variables, mayChange)
        )
      )
      return reply.code(200).send()
    }
  )
}

async function readFormer(
  storage: ApiScope['storage'],
  functionId: string,
  entry: string
): Promise<Readonly<Record<string, string>>> {
  const id = /^\d{1,15}$/.test(entry) ? Number(entry) : undefined
  const former = id === undefined ? undefined : await storage.env.former(functionId, id)
  if (former === undefined) throw new MoonletError('NOT_FOUND', entryMissing[404])
  return former
}

const toEntry = ({ id, replacedAt, replacedBy, variables, replacement }: VariablesEntry) => ({
  id,
  replaced_at: replacedAt,
  replaced_by: replacedBy,
  changes: findChanges(variables, replacement)
})

interface Change {
  readonly name: string
  readonly change: 'added' | 'changed' | 'removed'
}

function findChanges(
  before: VariablesEntry['variables'],
  after: VariablesEntry['variables']
): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((name): Change[] => {
      const [was, is] = [Object.hasOwn(before, name), Object.hasOwn(after, name)]
      if (was && is) return before[name] === after[name] ? [] : [{ name, change: 'changed' }]
      return [{ name, change: was ? 'removed' : 'added' }]
    })
}
