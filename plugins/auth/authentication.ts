/** Finds out who sends a request, and whether he may. */
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../core/contracts/actor.js'
import type { SessionRecord } from '../../core/contracts/sessions.js'
import { MoonletError } from '../../core/base/errors.js'
import { authorize } from './authorize.js'
import { bearerOf } from './key-check.js'
import { refuseGuess, type LoginAttempts } from './login-attempts.js'
import { isSameOrigin, originOf } from './same-origin.js'
import { tokenOf } from './session-cookie.js'
import type { Sessions } from './sessions.js'
import { isMeantAsToken } from './tokens/token-text.js'
import type { Tokens } from './tokens/tokens.js'

interface Parts {
  readonly key: string
  readonly isKey: (guess: string) => boolean
  readonly sessions: Sessions
  readonly tokens: Tokens
  readonly attempts: LoginAttempts
  readonly baseUrl: () => string
}

type TokenHolder = Extract<Actor, { kind: 'token' }>
const keyHolder: Actor = { kind: 'api_key' }

export class Authentication {
  /** Sessions of requests, for their ends. */
  private readonly opened = new WeakMap<FastifyRequest, SessionRecord>()
  /** A wrong token tells nothing about the key, unless the key looks like one. */
  private readonly mayTokensBeGuesses: boolean

  constructor(private readonly parts: Parts) {
    this.mayTokensBeGuesses = isMeantAsToken(parts.key)
  }

  /** Sets `request.actor`. Throws UNAUTHORIZED, FORBIDDEN or TOO_MANY_ATTEMPTS. */
  async check(request: FastifyRequest): Promise<void> {
    const bearer = bearerOf(request.headers.authorization)
    if (bearer !== undefined && isMeantAsToken(bearer)) {
      const holder = this.findToken(bearer, request)
      if (holder !== undefined) {
        request.actor = holder
        return authorize(request, holder)
      }
    }
    if (bearer !== undefined && this.parts.isKey(bearer)) request.actor = keyHolder
    else request.actor = await this.findSession(request, bearer)
  }

  /** Calls `onEnd` when what opened the way ends or expires; gives a way to stop that. */
  watch(request: FastifyRequest, onEnd: () => void): () => void {
    const { actor } = request
    if (actor?.kind === 'token') return this.parts.tokens.watch(actor, onEnd)
    const session = this.opened.get(request)
    return session === undefined ? () => {} : this.parts.sessions.watch(session, onEnd)
  }

  /** Undefined: the text may still be the API key, which may have any form. Throws UNAUTHORIZED. */
  private findToken(text: string, { ip }: FastifyRequest): TokenHolder | undefined {
    const { tokens } = this.parts
    const token = tokens.find(text)
    if (token === undefined) {
      if (this.mayTokensBeGuesses) return undefined
      throw new MoonletError('UNAUTHORIZED', 'This token is unknown or has been ended')
    }
    if (tokens.isExpired(token)) throw new MoonletError('UNAUTHORIZED', 'This token has expired')
    tokens.noteUse(token, ip)
    const { id, name, scopes, functions, expiresAt } = token
    return { kind: 'token', id, name, scopes, functions, expiresAt }
  }

  private async findSession(request: FastifyRequest, bearer: string | undefined): Promise<Actor> {
    const { sessions, attempts, baseUrl } = this.parts
    const token = tokenOf(request.headers.cookie)
    const session = token === undefined ? undefined : await sessions.find(token)
    if (session === undefined) {
      // Who sends nothing does not guess.
      if (token !== undefined || (bearer ?? '') !== '') {
        await refuseGuess(attempts, request.ip)
      }
      throw new MoonletError('UNAUTHORIZED', 'Authentication required')
    }
    if (!isSameOrigin(request.method, originOf(request), baseUrl())) {
      throw new MoonletError(
        'FORBIDDEN',
        'A page of another origin cannot act with this session; use Authorization: Bearer with the API key'
      )
    }
    this.opened.set(request, session)
    return { kind: 'session', id: session.id }
  }
}
