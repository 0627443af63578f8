/**
 * What a start owes to the run of the server before it: executions that were pending when it died get their
 * end and the reason, and new ids sort after all that there are.
 */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import type { Fault } from '../core/contracts/records.js'
import { errorText } from '../core/lua-advice/error-text.js'

/** How often servers look for what others left behind. */
const LOOK_MS = 5_000

const interrupted: Fault = {
  kind: 'interrupted',
  message: 'the server ended before this execution did, so its outcome is not known'
}

export default fp(
  async function recovery(fastify) {
    const { executions } = fastify.storage
    const count = await executions.closeUnfinished(interrupted, errorText(interrupted, ''))
    if (count > 0) {
      fastify.log.warn(
        { count },
        'executions were running when the server last ended; they are marked as failed'
      )
    }
    if (fastify.storage.shared !== undefined) watchOthers(fastify)
    const last = await executions.lastId()
    if (last !== undefined) fastify.ids.startAfter(last)
  },
  { name: 'recovery', dependencies: ['storage'] }
)

/** Servers on the same data may die at any time; what they ran is told here, by the one that leads. */
function watchOthers(fastify: FastifyInstance): void {
  const { executions, shared } = fastify.storage
  const close = async (): Promise<number> =>
    (await shared?.leads()) === true
      ? executions.closeUnfinished(interrupted, errorText(interrupted, ''), 'of others')
      : 0
  const timer = setInterval(() => {
    close()
      .then(count => {
        if (count > 0) fastify.log.warn({ count }, 'executions of a server that is gone ended')
      })
      .catch((error: unknown) => {
        fastify.log.warn(
          { err: error },
          'executions of servers that are gone could not be looked at'
        )
      })
  }, LOOK_MS).unref()
  fastify.addHook('preClose', async () => {
    clearInterval(timer)
  })
}
