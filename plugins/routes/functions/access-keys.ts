/** The keys by which a function whose access has the mode `key` is called. */
import { Type } from 'typebox'
import { createAccessKey, hashAccessKey } from '../../../core/access/access-key.js'
import type { AccessKeyRecord } from '../../../core/contracts/access-keys.js'
import { MoonletError } from '../../../core/base/errors.js'
import { limitTexts } from '../../../core/base/limit-texts.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { etagHeader, IfMatch, readIfMatch } from '../../../core/http/entity-tags.js'
import { cutPage, pageOf, PageQuery } from '../../../core/http/pagination.js'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  conditionErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { limits } from '../../../core/validation/limits.js'
import { checkExpiry, checkGivenName } from '../../../core/validation/given-name.js'
import { findFunction } from '../find-function.js'
import { changeFunction, sendTag, staleFunction } from './revision.js'
import { FunctionId } from './schema.js'

const tags = ['Functions']
const MAX_KEYS = 100

const FunctionPath = Type.Object({ id: FunctionId })
const KeyPath = Type.Object({
  id: FunctionId,
  keyId: Type.String({ description: 'Id of the key.', examples: ['d2c1v7h8e9k0m3n4p5r0'] })
})

const keyFields = {
  id: Type.String(),
  name: Type.String(),
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  expires_at: Type.Optional(
    Type.Integer({ description: 'Unix seconds; absent when it does not expire.' })
  )
}

const keyExample = {
  id: 'd2c1v7h8e9k0m3n4p5r0',
  name: 'shop',
  created_at: 1767225600,
  expires_at: 4102444800
}

const AccessKey = Type.Object(
  {
    ...keyFields,
    last_used_at: Type.Optional(
      Type.Integer({ description: 'Unix seconds, to the minute; absent when never used.' })
    )
  },
  { title: 'AccessKey', examples: [{ ...keyExample, last_used_at: 1767225660 }] }
)

const CreatedKey = Type.Object(
  {
    ...keyFields,
    key: Type.String({ description: 'The key itself, shown this once.' })
  },
  { title: 'CreatedAccessKey', examples: [{ ...keyExample, key: `mfk_${'…'.repeat(3)}` }] }
)

const NewKey = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description: `Whose it is, as \`ctx.caller.name\` says; not blank, at most ${limits.nameBytes} bytes.`
      })
    ),
    expires_at: Type.Optional(
      Type.Integer({
        description: 'Unix seconds, in the future; left out, it does not expire.'
      })
    )
  },
  { examples: [{ name: 'shop', expires_at: 4102444800 }] }
)

export function addAccessKeyRoutes(api: ApiScope): void {
  addCreation(api)
  addList(api)
  addDeletion(api)
}

function addCreation(api: ApiScope): void {
  const { ids, storage } = api
  api.post(
    '/api/functions/:id/keys',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'createAccessKey',
        tags,
        summary: 'Make a key for a function',
        description:
          'Only its hash is kept: the key is shown in this answer and never again. ' +
          `At most ${MAX_KEYS} at once.`,
        params: FunctionPath,
        headers: IfMatch,
        body: NewKey,
        response: {
          201: { ...CreatedKey, ...etagHeader },
          ...bodyErrors,
          ...errorResponses({
            400: 'name: name cannot be empty',
            404: 'Function not found',
            409: limitTexts.accessKeys(MAX_KEYS)
          }),
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const { name = '', expires_at: expiresAt } = request.body
      const mayChange = readIfMatch(headers['if-match'])
      checkGivenName(name)
      checkExpiry(expiresAt)
      await findFunction(storage, params.id)
      const key = createAccessKey()
      const createdAt = Math.floor(Date.now() / 1000)
      const record = { id: ids.next(), name, hash: hashAccessKey(key), createdAt, expiresAt }
      const revision = await changeFunction(storage, { request, action: 'key.create' }, () =>
        storage.accessKeys.create(params.id, record, MAX_KEYS, mayChange)
      )
      sendTag(reply, revision)
      reply.code(201)
      return { id: record.id, name, key, created_at: createdAt, expires_at: expiresAt }
    }
  )
}

function addList(api: ApiScope): void {
  const { storage } = api
  api.get(
    '/api/functions/:id/keys',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'listAccessKeys',
        tags,
        summary: 'List the keys of a function',
        description: 'The oldest first, with when each was used last.',
        params: FunctionPath,
        querystring: Type.Object(PageQuery),
        response: {
          200: pageOf('keys', AccessKey),
          ...errorResponses({ 404: 'Function not found' }),
          ...commonErrors
        }
      }
    },
    async ({ params, query }) => {
      await findFunction(storage, params.id)
      const { rows, pagination } = cutPage(await storage.accessKeys.list(params.id), query)
      return { keys: rows.map(toAccessKey), pagination }
    }
  )
}

function addDeletion(api: ApiScope): void {
  const { storage } = api
  api.delete(
    '/api/functions/:id/keys/:keyId',
    {
      config: { scope: 'functions:write' },
      schema: {
        operationId: 'deleteAccessKey',
        tags,
        summary: 'End a key of a function',
        description: 'Calls with it are refused from now on.',
        params: KeyPath,
        headers: IfMatch,
        response: {
          204: { ...NoContent('The key is gone.'), ...etagHeader },
          ...conditionErrors,
          ...errorResponses({ 404: 'Key not found' }),
          ...changeErrors,
          ...staleFunction
        }
      }
    },
    async (request, reply) => {
      const { params, headers } = request
      const mayChange = readIfMatch(headers['if-match'])
      await findFunction(storage, params.id)
      const revision = await changeFunction(storage, { request, action: 'key.delete' }, () =>
        storage.accessKeys.remove(params.id, params.keyId, mayChange)
      )
      if (revision === false) throw new MoonletError('NOT_FOUND', 'Key not found')
      return sendTag(reply, revision).code(204).send()
    }
  )
}

const toAccessKey = ({ id, name, createdAt, expiresAt, lastUsedAt }: AccessKeyRecord) => ({
  id,
  name,
  created_at: createdAt,
  expires_at: expiresAt,
  last_used_at: lastUsedAt
})
