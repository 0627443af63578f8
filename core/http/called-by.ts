/** Whether a request was made by a function that waits for it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import '../contracts/server.js'
import type { CalledByFunction } from '../contracts/call-chain.js'
import { CALL_CHAIN_HEADER } from './header-names.js'

/** Undefined when it was not. Throws LOOP_DETECTED when functions have called each other too deep or for too long. */
export function readCalledBy(
  request: FastifyRequest,
  reply: FastifyReply
): CalledByFunction | undefined {
  const header = request.headers[CALL_CHAIN_HEADER]
  const chain = typeof header === 'string' ? request.server.callChains.read(header) : undefined
  if (chain === undefined) return undefined
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  if (request.raw.socket.destroyed) controller.abort()
  return { ...chain, gone: controller.signal }
}
