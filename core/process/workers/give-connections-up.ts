/** How a server leaves its port to others without a call being refused. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { closeBehind } from '../../connections/open-responses.js'
import '../../contracts/server.js'

/** What is open after that has been idle for as long, or runs for longer, which the end of the server waits for. */
const LINGER_MS = 10_000
const CHECK_MS = 50

/**
 * From now on connections go to the other workers, and each that is open here is closed behind its next response, so
 * that its client comes back to another one. An idle connection is left open for that, because its client may be
 * sending already. Resolves when no connection is left, or after ten seconds.
 */
export async function giveConnectionsUp(app: FastifyInstance): Promise<void> {
  // With no room for connections, this worker hands those that it is given back (net.Server.maxConnections).
  for (const listener of app.listeners) listener.maxConnections = 0
  app.server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false
  })
  // When this request has been taken: only what was sent ahead behind it must not be begun.
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    closeBehind(response, request)
  })
  for (const end = performance.now() + LINGER_MS; performance.now() < end; await pause(CHECK_MS)) {
    if ((await countConnections(app)) === 0) return
  }
}

async function countConnections(app: FastifyInstance): Promise<number> {
  const counts = await Promise.all(
    app.listeners.map(
      listener =>
        new Promise<number>(resolve => {
          listener.getConnections((_error, count) => {
            resolve(count)
          })
        })
    )
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
