/** The chain of functions that a request comes from. */
import type { FastifyRequest } from 'fastify'
import '../contracts/server.js'
import type { CallChain } from '../contracts/call-chain.js'
import { CALL_CHAIN_HEADER } from './header-names.js'

/**
 * Undefined when no function of this server made the request. Throws LOOP_DETECTED when functions have called each
 * other too deep or for too long.
 */
export function readCallChain(request: FastifyRequest): CallChain | undefined {
  const header = request.headers[CALL_CHAIN_HEADER]
  return typeof header === 'string' ? request.server.callChains.read(header) : undefined
}
