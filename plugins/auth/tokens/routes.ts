/** Making, seeing and ending tokens. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  errorResponses,
  NoContent
} from '../../../core/http/response-schemas.js'
import { auditNote } from '../../../core/http/audit-note.js'
import type { NewToken } from '../../../core/contracts/tokens.js'
import { apiScope, type ApiScope } from '../../../core/http/conventions.js'
import { cutPage, PageQuery } from '../../../core/http/pagination.js'
import { MoonletError } from '../../../core/base/errors.js'
import { limitTexts } from '../../../core/base/limit-texts.js'
import { readWish } from './read-wish.js'
import { CreatedToken, TokenPage, TokenWish, toNewToken, toToken } from './schema.js'
import { MAX_TOKENS, type Tokens } from './tokens.js'

const tags = ['Authentication']
const config = { scope: 'admin' } as const

const notFound = () => new MoonletError('NOT_FOUND', 'Token not found')

type Described = Pick<NewToken, 'id' | 'name' | 'scopes' | 'functions' | 'expiresAt'>

const toTarget = ({ id, name }: Described) => ({ kind: 'token', id, name })

/** As the audit sees it. */
const toState = ({ scopes, functions, expiresAt }: Described) => ({
  scopes,
  functions,
  expires_at: expiresAt
})

export default async function tokenRoutes(
  fastify: FastifyInstance,
  { tokens }: { tokens: Tokens }
) {
  const api = apiScope(fastify)
  addCreateToken(api, tokens)
  addListTokens(api, tokens)
  addEndToken(api, tokens)
}

function addCreateToken(api: ApiScope, tokens: Tokens): void {
  api.post(
    '/api/tokens',
    {
      config,
      schema: {
        operationId: 'createToken',
        tags,
        summary: 'Make a token',
        description:
          'Only its hash is kept: the token is shown in this answer and never again. It is sent as ' +
          '`Authorization: Bearer`, in place of the API key, and may do what its scopes say, ' +
          `\`admin\` being everything. At most ${MAX_TOKENS} at once.`,
        body: TokenWish,
        response: {
          201: CreatedToken,
          ...bodyErrors,
          ...errorResponses({
            400: 'name: name cannot be empty',
            409: limitTexts.tokens(MAX_TOKENS)
          })
        }
      }
    },
    async (request, reply) => {
      const { body, actor } = request
      const wanted = {
        ...(await readWish(body, actor, api.storage.functions)),
        id: api.ids.next()
      }
      const { text, record } = await api.storage.audit.track(
        auditNote(request, 'token.create'),
        { target: toTarget(wanted), after: toState(wanted) },
        () => tokens.create(wanted)
      )
      reply.code(201)
      return { ...toNewToken(record), token: text }
    }
  )
}

function addListTokens(api: ApiScope, tokens: Tokens): void {
  api.get(
    '/api/tokens',
    {
      config,
      schema: {
        operationId: 'listTokens',
        tags,
        summary: 'List the tokens',
        description: 'The newest first, with when and from where each was used last.',
        querystring: Type.Object(PageQuery),
        response: { 200: TokenPage, ...commonErrors }
      }
    },
    async ({ query }) => {
      const { rows, pagination } = cutPage(await tokens.list(), query)
      return { tokens: rows.map(toToken), pagination }
    }
  )
}

function addEndToken(api: ApiScope, tokens: Tokens): void {
  api.delete(
    '/api/tokens/:id',
    {
      config,
      schema: {
        operationId: 'endToken',
        tags,
        summary: 'End a token',
        description: 'Requests with it are refused from now on, and its streams end.',
        params: Type.Object({ id: Type.String({ description: 'Id of the token.' }) }),
        response: {
          204: NoContent('The token has ended.'),
          ...errorResponses({ 404: 'Token not found' }),
          ...changeErrors
        }
      }
    },
    async (request, reply) => {
      const { id } = request.params
      const token = (await tokens.list()).find(one => one.id === id)
      if (token === undefined) throw notFound()
      const wasThere = await api.storage.audit.track(
        auditNote(request, 'token.end'),
        { target: toTarget(token), before: toState(token) },
        () => tokens.end(id)
      )
      if (!wasThere) throw notFound()
      return reply.code(204).send()
    }
  )
}
