/** `fastify.addressBook`: which function a request is for. */
import fp from 'fastify-plugin'
import '../../core/contracts/server.js'
import { AddressBook } from './address-book.js'

export default fp(
  async function addresses(fastify) {
    const book = new AddressBook({
      functions: fastify.storage.functions,
      onError: error => {
        fastify.log.error({ err: error }, 'the addresses of a function could not be read')
      }
    })
    fastify.decorate('addressBook', book)
    fastify.addHook('onReady', () => book.open())
  },
  { name: 'addresses', dependencies: ['storage'] }
)
