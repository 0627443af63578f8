/** Who changed what. */
import { Type } from 'typebox'
import type { AuditRecord } from '../../../core/contracts/audit.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { pageOf, PageQuery, toPagination } from '../../../core/http/pagination.js'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'

const State = Type.Record(Type.String(), Type.Unknown())

const Entry = Type.Object(
  {
    id: Type.Integer({ description: 'Greater in later ones.' }),
    at: Type.Integer({ description: 'Unix seconds.' }),
    actor: Type.Object(
      {
        kind: Type.Enum(['session', 'token', 'api_key']),
        id: Type.Optional(Type.String({ description: 'Of the session or token.' })),
        name: Type.Optional(Type.String({ description: 'Of the token.' }))
      },
      { description: 'Who did it.' }
    ),
    via: Type.Enum(['dashboard', 'cli', 'api'], { description: 'By which way.' }),
    ip: Type.String({ description: 'From where.' }),
    action: Type.String({ description: 'A kind of target and a verb.' }),
    target: Type.Object({
      kind: Type.String({ description: 'Such as `function`, `value`, `job`, `token`, `session`.' }),
      id: Type.Optional(Type.String()),
      name: Type.Optional(Type.String({ description: 'As it was then; of a value, its key.' }))
    }),
    function_id: Type.Optional(
      Type.String({ description: 'The function that the target is or belongs to.' })
    ),
    before: Type.Optional({
      ...State,
      description:
        'The fields that differ, as they were; absent when it was not there. Of variables the names alone, of stored ' +
        'values the size.'
    }),
    after: Type.Optional({
      ...State,
      description:
        'The same fields as they became; absent when it is gone. `changed_env_vars` names variables with another value.'
    })
  },
  {
    title: 'AuditEntry',
    examples: [
      {
        id: 42,
        at: 1767225600,
        actor: { kind: 'token', id: 'd2c1v7h8e9k0m3n4p5s1', name: 'deploy from CI' },
        via: 'cli',
        ip: '203.0.113.7',
        action: 'function.update',
        target: { kind: 'function', id: 'd2c1v7h8e9k0m3n4p5q6', name: 'hello' },
        function_id: 'd2c1v7h8e9k0m3n4p5q6',
        before: { active_version: 1, versions: 1 },
        after: { active_version: 2, versions: 2 }
      }
    ]
  }
)

const time = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }))

const querystring = Type.Object({
  ...PageQuery,
  function_id: Type.Optional(
    Type.String({ maxLength: 100, description: 'Only of this function.' })
  ),
  actor: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: 'Only by this one: `session`, `token`, `api_key`, or the name or id of one.'
    })
  ),
  from: time('Not older than this, in Unix seconds.'),
  to: time('Not newer than this, in Unix seconds.')
})

export function addAuditRoute(api: ApiScope): void {
  api.get(
    '/api/audit',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listAudit',
        tags: ['Server'],
        summary: 'Read who changed what',
        description:
          'Changes through this API, by whichever key, token or session, the newest first; kept for 365 days. ' +
          'Filters are combined with "and".',
        querystring,
        response: {
          200: pageOf('entries', Entry),
          ...errorResponses({ 400: 'from: from must be a whole number from 0' }),
          ...commonErrors
        }
      }
    },
    async ({ query }) => {
      const { rows, total } = await api.storage.audit.list(query, {
        functionId: query.function_id === '' ? undefined : query.function_id,
        actor: query.actor === '' ? undefined : query.actor,
        from: query.from,
        to: query.to
      })
      return { entries: rows.map(toEntry), pagination: toPagination(total, query) }
    }
  )
}

const toEntry = ({
  target: { functionId, ...target },
  actor,
  before,
  after,
  ...entry
}: AuditRecord) => ({
  ...entry,
  actor: { ...actor },
  target,
  function_id: functionId,
  before: before && { ...before },
  after: after && { ...after }
})
