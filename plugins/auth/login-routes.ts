/** Signing in and out. Their errors have a shape of their own: `{"success": false, "error"}`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { toErrorResponse } from '../../core/http/error-response.js'
import { apiScope, type ApiScope } from '../../core/http/conventions.js'
import { auditNote } from '../../core/http/audit-note.js'
import { MoonletError } from '../../core/base/errors.js'
import { refuseGuess, type LoginAttempts } from './login-attempts.js'
import { isSameOrigin, originOf } from './same-origin.js'
import { endedCookie, sessionCookie, tokenOf } from './session-cookie.js'
import type { Sessions } from './sessions.js'
import { limitExamples, limitTexts } from '../../core/base/limit-texts.js'

/** Anybody may send one; no key is longer. Strangers shall not fill the server's memory here. */
const MAX_LOGIN_BYTES = 64 * 1024

const Success = Type.Object(
  { success: Type.Literal(true) },
  { title: 'Success', examples: [{ success: true }] }
)

const refusal = (error: string, description: string) =>
  Type.Object(
    {
      success: Type.Literal(false),
      error: Type.String()
    },
    {
      title: 'LoginRefusal',
      examples: [{ success: false, error }],
      'x-response-description': description
    }
  )

const foreignPage = refusal(
  'A page of another origin cannot sign in or out here',
  'The request comes from a page of another origin.'
)

export interface LoginOptions {
  readonly isKey: (guess: string) => boolean
  readonly sessions: Sessions
  readonly attempts: LoginAttempts
}

const loginResponses = {
  200: {
    ...Success,
    headers: { 'Set-Cookie': { type: 'string', description: 'The session.' } }
  },
  400: refusal('Invalid request body', 'The body is no JSON object.'),
  403: foreignPage,
  401: refusal('Invalid API key', 'The key is wrong or missing.'),
  408: refusal(limitExamples.requestTooSlow, 'The body did not arrive in time.'),
  413: refusal(limitTexts.bodyTooLarge(MAX_LOGIN_BYTES), 'The body is larger than a key can be.'),
  429: refusal(
    'Too many wrong keys from this address; try again in 30 seconds',
    'Too many attempts; `Retry-After` says for how many seconds to wait.'
  ),
  500: refusal('Internal server error', 'A fault of the server.'),
  503: refusal(limitExamples.noRoom, 'Too busy; `Retry-After` says for how many seconds to wait.')
}

export default async function loginRoutes(
  fastify: FastifyInstance,
  { isKey, sessions, attempts }: LoginOptions
) {
  const api = apiScope(fastify, { open: true })

  api.setErrorHandler((error, request, reply) => {
    const { statusCode, text, headers } = toErrorResponse(error, request)
    if (statusCode === 500) request.log.error({ err: error, reqId: request.id }, 'login failed')
    return reply
      .code(statusCode)
      .headers(headers)
      .header('x-request-id', request.id)
      .send({ success: false, error: text })
  })

  // A page of another site could sign a person out, or in with a key of its own choosing, and watch what he does then.
  api.addHook('onRequest', async request => {
    if (isSameOrigin(request.method, originOf(request), fastify.baseUrl())) return
    throw new MoonletError('FORBIDDEN', 'A page of another origin cannot sign in or out here')
  })

  addLogin(api, { isKey, sessions, attempts })
  addLogout(api, sessions)
}

function addLogin(api: ApiScope, { isKey, sessions, attempts }: LoginOptions): void {
  api.post(
    '/api/auth/login',
    {
      bodyLimit: MAX_LOGIN_BYTES,
      config: { scope: 'open' },
      schema: {
        operationId: 'login',
        tags: ['Authentication'],
        summary: 'Begin a session',
        description:
          'Sets the cookie `auth_token`, good for 24 hours. After 20 wrong keys from one ' +
          'address, here or at the API, further wrong ones are answered 429 until a growing ' +
          'time has passed; the right key is always taken.',
        security: [],
        body: Type.Object(
          { apiKey: Type.Optional(Type.String({ description: 'The API key.' })) },
          { examples: [{ apiKey: 'your-api-key' }] }
        ),
        response: loginResponses
      }
    },
    async (request, reply) => {
      const { apiKey } = request.body
      if (apiKey === undefined || !isKey(apiKey)) {
        if (apiKey !== undefined && apiKey !== '') await refuseGuess(attempts, request.ip)
        return reply
          .header('x-request-id', request.id)
          .code(401)
          .send({ success: false, error: 'Invalid API key' })
      }
      await attempts.succeed(request.ip)
      const { id, token } = await sessions.start(request.ip, request.headers['user-agent'])
      request.actor = { kind: 'session', id }
      const target = { kind: 'session', id }
      await api.storage.audit.add(auditNote(request, 'session.begin'), { target })
      const place = {
        basePath: api.config.BASE_PATH,
        secure: isReachedOverTls(request, api.baseUrl())
      }
      return reply
        .header('set-cookie', sessionCookie(token, place))
        .code(200)
        .send({ success: true })
    }
  )
}

function addLogout(api: ApiScope, sessions: Sessions): void {
  api.post(
    '/api/auth/logout',
    {
      config: { scope: 'open' },
      schema: {
        operationId: 'logout',
        tags: ['Authentication'],
        summary: 'End this session',
        description: 'Ends the session of the cookie, if there is one, and clears the cookie.',
        security: [],
        response: {
          200: Success,
          403: foreignPage,
          500: refusal('Internal server error', 'A fault of the server.')
        }
      }
    },
    async (request, reply) => {
      const token = tokenOf(request.headers.cookie)
      const session = token === undefined ? undefined : await sessions.find(token)
      if (session !== undefined) {
        const { id } = session
        request.actor = { kind: 'session', id }
        const target = { kind: 'session', id }
        const note = auditNote(request, 'session.end')
        await api.storage.audit.track(note, { target }, () => sessions.end(id))
      }
      return reply
        .header('set-cookie', endedCookie(api.config.BASE_PATH))
        .code(200)
        .send({ success: true })
    }
  )
}

/** By this server itself, or by a proxy in front of the address that people know it by. */
function isReachedOverTls(
  { protocol, headers: { host } }: FastifyRequest,
  baseUrl: string
): boolean {
  return (
    protocol === 'https' ||
    (baseUrl.startsWith('https://') && new URL(baseUrl).host === host?.toLowerCase())
  )
}
