/** `fastify.frontDoor`: what functions have set of who may call them, how often, and how many at once. */
import type { IncomingMessage } from 'node:http'
import fp from 'fastify-plugin'
import '../../core/contracts/server.js'
import { createAddressReader } from '../../core/connections/client-address.js'
import { MoonletError } from '../../core/base/errors.js'
import { CALL_CHAIN_HEADER } from '../../core/http/header-names.js'
import { FrontDoors } from './service.js'

export default fp(
  async function frontDoor(fastify) {
    const { storage, callChains, config, functionCache, log } = fastify
    const doors = new FrontDoors({
      storage,
      addressOf: createAddressReader(config.TRUST_PROXY),
      isFromFunction: request => isFromFunction(request)
    })
    fastify.decorate('frontDoor', doors)
    functionCache.onForget(functionId => {
      doors.forget(functionId).catch((error: unknown) => {
        log.warn({ err: error, functionId }, 'the counts of a removed function are still there')
      })
    })

    function isFromFunction({ headers }: IncomingMessage): boolean {
      const header = headers[CALL_CHAIN_HEADER]
      if (typeof header !== 'string') return false
      try {
        return callChains.read(header)?.isInternal === true
      } catch (error) {
        // Too deep, or for too long: the trigger says so.
        if (error instanceof MoonletError && error.code === 'LOOP_DETECTED') return true
        throw error
      }
    }
  },
  { name: 'front-door', dependencies: ['storage', 'function-cache', 'auth'] }
)
