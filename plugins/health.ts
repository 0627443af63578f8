/**
 * Health, for supervisors and load balancers; no authentication. `/healthz`: the process answers. `/readyz`: a
 * function could run now and the database takes writes. Both say no more than that; the log has the reasons.
 */
import { setTimeout as pause } from 'node:timers/promises'
import fp from 'fastify-plugin'
import '../core/contracts/server.js'

/** A check that takes longer counts as failed. */
const PATIENCE_MS = 5_000
/** So long an answer of the checks serves whoever asks: asking costs a write and a sandbox. */
const FRESH_MS = 1_000

export default fp(async function health (fastify) {
  const checks = {
    storage: () => fastify.storage.probe(),
    sandbox: () => fastify.invoker.check('')
  }

  async function passes (name: keyof typeof checks): Promise<boolean> {
    const patience = new AbortController()
    try {
      await Promise.race([
        checks[name](),
        pause(PATIENCE_MS, undefined, { signal: patience.signal }).then(() => { throw new Error(`no answer within ${PATIENCE_MS} ms`) })
      ])
      return true
    } catch (error) {
      fastify.log.error({ err: error }, `not ready: ${name}`)
      return false
    } finally {
      patience.abort()
    }
  }

  let latest: Promise<Record<keyof typeof checks, boolean>> | undefined
  const check = () => {
    latest ??= Promise.all([passes('storage'), passes('sandbox')]).then(([storage, sandbox]) => {
      setTimeout(() => { latest = undefined }, FRESH_MS).unref()
      return { storage, sandbox }
    })
    return latest
  }

  fastify.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))
  fastify.get('/readyz', async (_request, reply) => {
    const { storage, sandbox } = await check()
    const ready = storage && sandbox
    return reply.code(ready ? 200 : 503).header('cache-control', 'no-store').send({
      status: ready ? 'ready' : 'not ready',
      checks: { storage: storage ? 'ok' : 'failed', sandbox: sandbox ? 'ok' : 'failed' }
    })
  })
}, { name: 'health', dependencies: ['storage', 'invoker'] })
