/**
 * What a start owes to the run of the server before it: executions that were pending when it died get their
 * end and the reason, and new ids sort after all that there are.
 */
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import type { Fault } from '../core/contracts/records.js'
import { errorText } from '../core/lua-advice/error-text.js'

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
    const last = await executions.lastId()
    if (last !== undefined) fastify.ids.startAfter(last)
  },
  { name: 'recovery', dependencies: ['storage'] }
)
