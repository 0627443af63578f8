/** Seeing and ending sessions. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  changeErrors,
  commonErrors,
  errorResponses,
  NoContent
} from '../../core/http/response-schemas.js'
import { auditNote } from '../../core/http/audit-note.js'
import { apiScope, type ApiScope } from '../../core/http/conventions.js'
import { cutPage, pageOf, PageQuery } from '../../core/http/pagination.js'
import type { SessionRecord } from '../../core/contracts/sessions.js'
import { MoonletError } from '../../core/base/errors.js'
import { endedCookie } from './session-cookie.js'
import type { Sessions } from './sessions.js'

const sessionExample = {
  id: 'd2c1v7h8e9k0m3n4p5q6',
  created_at: 1767225600,
  last_seen_at: 1767229200,
  expires_at: 1767312000,
  address: '203.0.113.7',
  user_agent: 'Mozilla/5.0',
  current: true
}

const Session = Type.Object(
  {
    id: Type.String(),
    created_at: Type.Integer({ description: 'Unix seconds.' }),
    last_seen_at: Type.Integer({ description: 'Unix seconds, exact to a minute.' }),
    expires_at: Type.Integer({ description: 'Unix seconds.' }),
    address: Type.String({ description: 'Where the login came from.' }),
    user_agent: Type.Optional(Type.String({ description: 'What the browser calls itself.' })),
    current: Type.Boolean({ description: 'This is the session of the request itself.' })
  },
  { title: 'Session', examples: [sessionExample] }
)

const toSession = (session: SessionRecord, current: string | undefined) => ({
  id: session.id,
  created_at: session.createdAt,
  last_seen_at: session.lastSeenAt,
  expires_at: session.expiresAt,
  address: session.address,
  ...(session.userAgent === undefined ? {} : { user_agent: session.userAgent }),
  current: session.id === current
})

const sessionOf = ({ actor }: FastifyRequest): string | undefined =>
  actor?.kind === 'session' ? actor.id : undefined

export default async function sessionRoutes(
  fastify: FastifyInstance,
  { sessions }: { sessions: Sessions }
) {
  const api = apiScope(fastify)
  addListSessions(api, sessions)
  addEndSession(api, sessions)
  addEndAllSessions(api, sessions)
}

function addListSessions(api: ApiScope, sessions: Sessions): void {
  api.get(
    '/api/auth/sessions',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listSessions',
        tags: ['Authentication'],
        summary: 'List the sessions',
        description: 'All that are alive, the newest first.',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf('sessions', Session), ...commonErrors }
      }
    },
    async request => {
      const { rows, pagination } = cutPage(await sessions.list(), request.query)
      return { sessions: rows.map(session => toSession(session, sessionOf(request))), pagination }
    }
  )
}

function addEndSession(api: ApiScope, sessions: Sessions): void {
  api.delete(
    '/api/auth/sessions/:id',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'endSession',
        tags: ['Authentication'],
        summary: 'End one session',
        description: 'Whoever has its cookie is signed out at once; streams of the session end.',
        params: Type.Object({ id: Type.String({ description: 'Id of the session.' }) }),
        response: {
          204: NoContent('The session has ended.'),
          ...errorResponses({ 404: 'Session not found' }),
          ...changeErrors
        }
      }
    },
    async (request, reply) => {
      const wasThere = await api.storage.audit.track(
        auditNote(request, 'session.end'),
        { target: { kind: 'session', id: request.params.id } },
        () => sessions.end(request.params.id)
      )
      if (!wasThere) throw new MoonletError('NOT_FOUND', 'Session not found')
      if (request.params.id === sessionOf(request)) {
        reply.header('set-cookie', endedCookie(api.config.BASE_PATH))
      }
      return reply.code(204).send()
    }
  )
}

function addEndAllSessions(api: ApiScope, sessions: Sessions): void {
  api.delete(
    '/api/auth/sessions',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'endAllSessions',
        tags: ['Authentication'],
        summary: 'Sign out everywhere',
        description: 'Ends every session, this one included.',
        response: { 204: NoContent('All sessions have ended.'), ...changeErrors }
      }
    },
    async (request, reply) => {
      const note = auditNote(request, 'session.end_all')
      await api.storage.audit.track(note, { target: { kind: 'session' } }, () => sessions.endAll())
      return reply.header('set-cookie', endedCookie(api.config.BASE_PATH)).code(204).send()
    }
  )
}
