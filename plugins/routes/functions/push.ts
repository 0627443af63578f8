/** Changing several functions at once, all or none: what `moonlet push` sends. */
import { Type, type Static } from 'typebox'
import { bodyErrors, ErrorResponse, errorResponses } from '../../../core/http/response-schemas.js'
import { readIfMatch, readIfNoneMatch, toEntityTag } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import type { FunctionChange, FunctionUpsert } from '../../../core/contracts/functions.js'
import type { VersionOrigin } from '../../../core/contracts/records.js'
import { checkFunction } from '../../../core/http/token-functions.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { MoonletError } from '../../../core/base/errors.js'
import { readFunctionChange } from '../../../core/validation/function-change.js'
import { refuse } from '../../../core/validation/text.js'
import { changeFields } from './change.js'
import { functionExample } from './schema.js'
import { versionExample } from '../versions/schema.js'
import { readOrigin, versionNote } from './version-note.js'

const MOST = 1000
const ID = /^[0-9a-v]{20}$/

const One = Type.Object({
  id: Type.String({ description: 'Of the function; of a new one, any 20 of `0-9a-v`.' }),
  if_match: Type.Optional(
    Type.String({ description: 'As the header `If-Match` on a change of this function alone.' })
  ),
  if_none_match: Type.Optional(
    Type.String({ description: '`*`: only when there is no such function yet.' })
  ),
  ...changeFields
})

const Push = Type.Object(
  {
    ...versionNote,
    activate: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'False makes new versions of present functions without activating them.'
      })
    ),
    functions: Type.Array(One, { description: `1 to ${MOST}, each once.` })
  },
  {
    examples: [
      {
        message: 'Greets in the evening too',
        functions: [
          {
            id: 'd2c1v7h8e9k0m3n4p5qg',
            if_none_match: '*',
            name: 'evening',
            code: versionExample.code
          }
        ]
      }
    ]
  }
)

const Pushed = Type.Object(
  {
    functions: Type.Array(
      Type.Object({
        id: Type.String(),
        action: Type.Enum(['created', 'changed']),
        etag: Type.String({ description: 'As the `ETag` of the function.' }),
        version: Type.Optional(
          Type.Integer({ description: 'Number of the version that was made.' })
        )
      })
    )
  },
  {
    title: 'Pushed',
    examples: [
      {
        functions: [
          {
            id: functionExample.id,
            action: 'changed',
            etag: '"b7Yk0sVqTn3uLr9eWc2xHg"',
            version: 2
          }
        ]
      }
    ]
  }
)

const Conflicts = Type.Object(
  {
    ...ErrorResponse.properties,
    conflicts: Type.Array(Type.String(), { description: 'Ids of functions.' })
  },
  {
    title: 'PushConflicts',
    'x-response-description': 'Functions that are not in the state that was asked for.',
    examples: [
      {
        error: `Not in the state that was asked for: ${functionExample.id}; nothing was changed`,
        conflicts: [functionExample.id]
      }
    ]
  }
)

export function addPushRoute(api: ApiScope): void {
  api.post(
    '/api/push',
    {
      config: { scope: 'functions:write', reach: 'filtered' },
      schema: {
        operationId: 'pushFunctions',
        tags: ['Functions'],
        summary: 'Change or create several functions, all or none',
        description:
          'All of it in one transaction. A function that is not there yet is created with the ' +
          'fields that are given, `name` and `code` at least; its first version is active.',
        body: Push,
        response: {
          200: Pushed,
          ...bodyErrors,
          ...errorResponses({ 400: 'hello: code: code cannot be empty' }),
          412: Conflicts
        }
      }
    },
    async request => {
      const { functions, activate, ...note } = request.body
      for (const { id } of functions) checkFunction(request, id)
      if (functions.length === 0 || functions.length > MOST) {
        refuse('functions', `functions must have 1 to ${MOST} entries`)
      }
      if (new Set(functions.map(({ id }) => id)).size < functions.length) {
        refuse('functions', 'functions has the same id twice')
      }
      const made = { activate, origin: readOrigin(request, note) }
      const changes = functions.map(one => inWordsOf(one, () => toUpsert(api, one, made)))
      const done = await api.storage.audit.track(
        auditNote(request, 'function.push'),
        { functions: functions.map(({ id }) => id) },
        () => api.storage.functions.upsertAll(changes)
      )
      return {
        functions: done.map(({ id, isNew, revision, version }) => ({
          id,
          action: isNew ? ('created' as const) : ('changed' as const),
          etag: toEntityTag(revision),
          version
        }))
      }
    }
  )
}

/** Says which of the functions is refused. */
function inWordsOf<T>({ id, name = id }: Static<typeof One>, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MoonletError)) throw error
    throw new MoonletError(error.code, `${name}: ${error.message}`, { cause: error })
  }
}

function toUpsert(
  api: ApiScope,
  { id, if_match: ifMatch, if_none_match: ifNoneMatch, ...fields }: Static<typeof One>,
  made: { readonly activate: boolean | undefined; readonly origin: VersionOrigin }
): FunctionUpsert {
  if (!ID.test(id)) refuse('id', 'id must be 20 of the characters 0-9 and a-v')
  const change: FunctionChange = {
    ...readFunctionChange(fields, api.config),
    ...made,
    now: Math.floor(Date.now() / 1000)
  }
  const { routes } = change.patch.frontDoor ?? {}
  if (routes) api.addressBook.checkRoutes(routes)
  const mayReplace = readIfMatch(ifMatch)
  const mustBeNew = readIfNoneMatch(ifNoneMatch)
  if (mayReplace === undefined && !mustBeNew) return { id, change }
  return {
    id,
    change,
    mayChange: revision =>
      revision === undefined
        ? mayReplace === undefined
        : !mustBeNew && mayReplace?.(revision) === true
  }
}
