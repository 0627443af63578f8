/** Who may use the management API: holders of the key, and sessions that were begun with it. */
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import '../../core/contracts/server.js'
import type { SessionRecord } from '../../core/contracts/sessions.js'
import { createCallChains } from '../../core/http/call-chain.js'
import { MoonletError } from '../../core/base/errors.js'
import { readOrCreateApiKey } from './api-key.js'
import { createCredentialFilter } from './hide-credentials.js'
import { bearerOf, createKeyCheck } from './key-check.js'
import { createLoginAttempts, refuseGuess } from './login-attempts.js'
import loginRoutes from './login-routes.js'
import { isSameOrigin, originOf } from './same-origin.js'
import { tokenOf } from './session-cookie.js'
import sessionRoutes from './session-routes.js'
import { createSessions } from './sessions.js'

/** Shorter keys can be guessed by trying: the throttle slows one address down, not many. */
const SHORT_KEY = 16

export default fp(
  async function auth(fastify) {
    const { config, ids, log, storage } = fastify
    const { key, createdFile } = await readOrCreateApiKey(config)
    if (key.length < SHORT_KEY) {
      log.warn(
        `The API key has only ${key.length} characters and can be guessed; take at least ${SHORT_KEY} random ones`
      )
    }
    const isKey = createKeyCheck(key)
    const sessions = createSessions({
      store: storage.sessions,
      ids,
      key,
      onError: error => {
        log.warn({ err: error }, 'could not note that a session was seen')
      }
    })
    const attempts = createLoginAttempts()
    const opened = new WeakMap<FastifyRequest, SessionRecord>()
    await sessions.removeStale()

    fastify.decorate('createdKeyFile', createdFile)
    fastify.decorate('callChains', createCallChains(config.EXECUTION_TIMEOUT))
    fastify.decorate('hideCredentials', createCredentialFilter(key.length, isKey))
    fastify.decorateRequest('sessionId', undefined)
    fastify.decorate('authenticate', async (request: FastifyRequest) => {
      const { headers, method } = request
      const bearer = bearerOf(headers.authorization)
      if (bearer !== undefined && isKey(bearer)) return
      const token = tokenOf(headers.cookie)
      const session = token === undefined ? undefined : await sessions.find(token)
      if (session === undefined) {
        // Who sends nothing does not guess.
        if (token !== undefined || (bearer ?? '') !== '') refuseGuess(attempts, request.ip)
        throw new MoonletError('UNAUTHORIZED', 'Authentication required')
      }
      if (!isSameOrigin(method, originOf(request), fastify.baseUrl())) {
        throw new MoonletError(
          'FORBIDDEN',
          'A page of another origin cannot act with this session; use Authorization: Bearer with the API key'
        )
      }
      request.sessionId = session.id
      opened.set(request, session)
    })
    fastify.decorate('watchSession', (request: FastifyRequest, onEnd: () => void) => {
      const session = opened.get(request)
      return session === undefined ? () => {} : sessions.watch(session, onEnd)
    })

    await fastify.register(loginRoutes, { isKey, sessions, attempts })
    await fastify.register(sessionRoutes, { sessions })
  },
  { name: 'auth', dependencies: ['storage'] }
)
