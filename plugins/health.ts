/**
 * Health, for supervisors and load balancers; no authentication. `/healthz`: the process answers. `/readyz`: a
 * function could run now and the database takes writes. Both say no more than that; the log has the reasons.
 */
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import { inTime } from '../core/base/in-time.js'
import { errorResponses } from '../core/http/response-schemas.js'
import '../core/contracts/server.js'

/** A check that takes longer counts as failed. */
const PATIENCE_MS = 5_000
/** How long a result of the checks is reused: each check costs a write and a sandbox. */
const FRESH_MS = 1_000

const asJson = () => (data: unknown) => JSON.stringify(data)

const liveness = {
  operationId: 'getLiveness',
  tags: ['Server'],
  summary: 'Whether the process answers',
  description: 'For supervisors: a process that does not answer is to be started again.',
  security: [],
  response: {
    200: Type.Object(
      { status: Type.Literal('ok') },
      { title: 'Liveness', examples: [{ status: 'ok' }] }
    ),
    ...errorResponses({ 500: 'Internal server error' })
  }
}

const Check = Type.Union([Type.Literal('ok'), Type.Literal('failed')])
const Readiness = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('not ready')]),
    checks: Type.Object({ storage: Check, sandbox: Check })
  },
  { title: 'Readiness', examples: [{ status: 'ready', checks: { storage: 'ok', sandbox: 'ok' } }] }
)

const readiness = {
  operationId: 'getReadiness',
  tags: ['Server'],
  summary: 'Whether a function could run now and the database takes writes',
  description: 'For load balancers: tried at most once a second, 503 while either cannot be.',
  security: [],
  response: { 200: Readiness, 503: Readiness, ...errorResponses({ 500: 'Internal server error' }) }
}

export default fp(
  async function health(fastify) {
    const checks = {
      storage: () => fastify.storage.probe(),
      sandbox: () => fastify.invoker.check('')
    }

    async function passes(name: keyof typeof checks): Promise<boolean> {
      const tookTooLong = () => new Error(`no response within ${PATIENCE_MS} ms`)
      try {
        await inTime<unknown>(checks[name](), PATIENCE_MS, tookTooLong)
        return true
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        fastify.log.error({ reason }, `not ready: ${name}`)
        return false
      }
    }

    let latest: Promise<Record<keyof typeof checks, boolean>> | undefined
    const check = () => {
      latest ??= Promise.all([passes('storage'), passes('sandbox')]).then(([storage, sandbox]) => {
        setTimeout(() => {
          latest = undefined
        }, FRESH_MS).unref()
        return { storage, sandbox }
      })
      return latest
    }

    fastify.get(
      '/healthz',
      { schema: liveness, serializerCompiler: asJson },
      async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' })
    )
    fastify.get(
      '/readyz',
      { schema: readiness, serializerCompiler: asJson },
      async (_request, reply) => {
        const { storage, sandbox } = await check()
        const ready = storage && sandbox
        return reply
          .code(ready ? 200 : 503)
          .header('cache-control', 'no-store')
          .send({
            status: ready ? 'ready' : 'not ready',
            checks: { storage: storage ? 'ok' : 'failed', sandbox: sandbox ? 'ok' : 'failed' }
          })
      }
    )
  },
  { name: 'health', dependencies: ['storage', 'invoker'] }
)
