/** Changing several functions and shared modules at once, all or none: what `moonlet push` sends. */
import { Type, type Static } from 'typebox'
import { bodyErrors, ErrorResponse, errorResponses } from '../../../core/http/response-schemas.js'
import { readIfMatch, readIfNoneMatch, toEntityTag } from '../../../core/http/entity-tags.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import type {
  FunctionChange,
  FunctionUpsert,
  UpsertedFunction
} from '../../../core/contracts/functions.js'
import type { ModuleUpsert } from '../../../core/contracts/modules.js'
import type { VersionOrigin } from '../../../core/contracts/records.js'
import { checkAllFunctions, checkFunction } from '../../../core/http/token-functions.js'
import { auditNote } from '../../../core/http/audit-note.js'
import { MoonletError } from '../../../core/base/errors.js'
import { readFunctionChange } from '../../../core/validation/function-change.js'
import { readModuleChange } from '../../../core/validation/module-change.js'
import { refuse } from '../../../core/validation/text.js'
import { reservedBy } from '../modules/revision.js'
import { moduleFields } from '../modules/schema.js'
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

const OneModule = Type.Object({
  id: Type.String({ description: 'Of the module; of a new one, any 20 of `0-9a-v`.' }),
  if_match: One.properties.if_match,
  if_none_match: Type.Optional(
    Type.String({ description: '`*`: only when there is no such module yet.' })
  ),
  ...moduleFields
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
    functions: Type.Optional(
      Type.Array(One, { description: `At most ${MOST}, each once; at least one with the modules.` })
    ),
    modules: Type.Optional(
      Type.Array(OneModule, { description: `Shared modules, at most ${MOST}, each once.` })
    )
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

const pushedOf = (what: string) =>
  Type.Array(
    Type.Object({
      id: Type.String(),
      action: Type.Enum(['created', 'changed']),
      etag: Type.String({ description: `As the \`ETag\` of the ${what}.` }),
      version: Type.Optional(Type.Integer({ description: 'Number of the version that was made.' }))
    })
  )

const Pushed = Type.Object(
  { functions: pushedOf('function'), modules: pushedOf('module') },
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
        ],
        modules: []
      }
    ]
  }
)

const Conflicts = Type.Object(
  {
    ...ErrorResponse.properties,
    conflicts: Type.Array(Type.String(), { description: 'Ids of functions and modules.' })
  },
  {
    title: 'PushConflicts',
    'x-response-description': 'Functions and modules that are not in the state that was asked for.',
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
        summary: 'Change or create several functions and shared modules, all or none',
        description:
          'All of it in one transaction. A function that is not there yet is created with the ' +
          'fields that are given, `name` and `code` at least; its first version is active. So is a module.',
        body: Push,
        response: {
          200: Pushed,
          ...bodyErrors,
          ...errorResponses({
            400: 'hello: code: code cannot be empty',
            409: 'slug: "hello" is the slug of the function "greeting" (d2c1v7h8e9k0m3n4p5q6)'
          }),
          412: Conflicts
        }
      }
    },
    async request => {
      const { functions = [], modules = [], activate, ...note } = request.body
      for (const { id } of functions) checkFunction(request, id)
      if (modules.length > 0) checkAllFunctions(request)
      checkCount(functions, modules)
      const made = { activate, origin: readOrigin(request, note) }
      const changes = functions.map(one => inWordsOf(one, () => toUpsert(api, one, made)))
      const shared = modules.map(one => inWordsOf(one, () => toModuleUpsert(api, one, made)))
      const done = await api.storage.audit.track(
        auditNote(request, 'function.push'),
        { functions: functions.map(({ id }) => id), modules: modules.map(({ id }) => id) },
        () => api.storage.push(changes, shared)
      )
      return { functions: done.functions.map(toPushed), modules: done.modules.map(toPushed) }
    }
  )
}

function checkCount(functions: readonly { id: string }[], modules: readonly { id: string }[]) {
  if (functions.length + modules.length === 0 || functions.length > MOST) {
    refuse('functions', `functions must have 1 to ${MOST} entries`)
  }
  if (modules.length > MOST) refuse('modules', `modules must have at most ${MOST} entries`)
  for (const [name, list] of Object.entries({ functions, modules })) {
    if (new Set(list.map(({ id }) => id)).size < list.length) {
      refuse(name, `${name} has the same id twice`)
    }
  }
}

const toPushed = ({ id, isNew, revision, version }: UpsertedFunction) => ({
  id,
  action: isNew ? ('created' as const) : ('changed' as const),
  etag: toEntityTag(revision),
  version
})

/** Says which of them is refused. */
function inWordsOf<T>(
  { id, name = id }: { readonly id: string; readonly name?: string },
  read: () => T
): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MoonletError)) throw error
    throw new MoonletError(error.code, `${name}: ${error.message}`, { cause: error })
  }
}

interface Made {
  readonly activate: boolean | undefined
  readonly origin: VersionOrigin
}

function toUpsert(
  api: ApiScope,
  { id, if_match: ifMatch, if_none_match: ifNoneMatch, ...fields }: Static<typeof One>,
  made: Made
): FunctionUpsert {
  checkId(id)
  const change: FunctionChange = { ...readFunctionChange(fields, api.config), ...made, now: now() }
  const { routes } = change.patch.frontDoor ?? {}
  if (routes) api.addressBook.checkRoutes(routes)
  return { id, change, mayChange: readConditions(ifMatch, ifNoneMatch) }
}

function toModuleUpsert(
  api: ApiScope,
  { id, if_match: ifMatch, if_none_match: ifNoneMatch, ...fields }: Static<typeof OneModule>,
  made: Made
): ModuleUpsert {
  checkId(id)
  const change = { ...readModuleChange(fields, reservedBy(api.lua)), ...made, now: now() }
  return { id, change, mayChange: readConditions(ifMatch, ifNoneMatch) }
}

const now = (): number => Math.floor(Date.now() / 1000)

function checkId(id: string): void {
  if (!ID.test(id)) refuse('id', 'id must be 20 of the characters 0-9 and a-v')
}

function readConditions(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined
): FunctionUpsert['mayChange'] {
  const mayReplace = readIfMatch(ifMatch)
  const mustBeNew = readIfNoneMatch(ifNoneMatch)
  if (mayReplace === undefined && !mustBeNew) return undefined
  return revision =>
    revision === undefined
      ? mayReplace === undefined
      : !mustBeNew && mayReplace?.(revision) === true
}
