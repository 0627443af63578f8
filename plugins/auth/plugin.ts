/** Who may use the management API: holders of the key, of tokens, and of sessions that were begun with the key. */
import fp from 'fastify-plugin'
import type { FastifyRequest } from 'fastify'
import '../../core/contracts/server.js'
import { createCallChains } from '../../core/http/call-chain.js'
import { readOrCreateApiKey } from './api-key.js'
import { Authentication } from './authentication.js'
import { createCredentialFilter } from './hide-credentials.js'
import { createKeyCheck } from './key-check.js'
import { createLoginAttempts, shareLoginAttempts } from './login-attempts.js'
import loginRoutes from './login-routes.js'
import { requireScope } from './require-scope.js'
import sessionRoutes from './session-routes.js'
import { createSessions } from './sessions.js'
import tokenRoutes from './tokens/routes.js'
import { TOKEN_LENGTH, TOKEN_MARK } from './tokens/token-text.js'
import { Tokens } from './tokens/tokens.js'

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
    const tokens = new Tokens({ store: storage.tokens })
    const attempts =
      storage.shared === undefined
        ? createLoginAttempts()
        : shareLoginAttempts(storage.shared.guesses)
    const baseUrl = () => fastify.baseUrl()
    const authentication = new Authentication({ key, isKey, sessions, tokens, attempts, baseUrl })
    await sessions.removeStale()
    await tokens.load()
    storage.shared?.onChange('sessions', () => sessions.refresh())
    storage.shared?.onChange('tokens', () => tokens.refresh())

    const hideCredentials = createCredentialFilter([
      { length: key.length, mark: '', isSecret: isKey },
      { length: TOKEN_LENGTH, mark: TOKEN_MARK, isSecret: text => tokens.find(text) !== undefined }
    ])
    fastify.decorate('createdKeyFile', createdFile)
    fastify.decorate('callChains', createCallChains(config.EXECUTION_TIMEOUT))
    fastify.decorate('hideCredentials', hideCredentials)
    fastify.decorateRequest('actor', undefined)
    fastify.decorate('authenticate', request => authentication.check(request))
    fastify.decorate('watchAccess', (request: FastifyRequest, onEnd: () => void) =>
      authentication.watch(request, onEnd)
    )

    fastify.addHook('onRoute', requireScope)
    await fastify.register(loginRoutes, { isKey, sessions, attempts })
    await fastify.register(sessionRoutes, { sessions })
    await fastify.register(tokenRoutes, { tokens })
  },
  { name: 'auth', dependencies: ['storage'] }
)
