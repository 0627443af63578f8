/** `fastify.addressBook`: which function a request is for. Loaded first, to see all routes of the server. */
import fp from 'fastify-plugin'
import '../../core/contracts/server.js'
import { createHostReader } from '../../core/connections/requested-host.js'
import { AddressBook } from './address-book.js'
import { OwnPages } from './own-pages.js'

export default fp(
  async function addresses(fastify) {
    const { config } = fastify
    const pages = new OwnPages({ address: config.FUNCTIONS_HOST, baseUrl: fastify.baseUrl })
    const book = new AddressBook({
      functions: () => fastify.storage.functions,
      pages,
      hostOf: createHostReader(config.TRUST_PROXY),
      servesFunctions: request => fastify.servesFunctions(request),
      basePath: config.BASE_PATH,
      isBoundToPort: config.FUNCTIONS_HOST?.kind === 'port',
      onError: error => {
        fastify.log.error({ err: error }, 'the addresses of a function could not be read')
      },
      onRefusedRoute: refused => {
        fastify.log.warn(refused, 'a stored route is not served: change or remove it')
      }
    })
    fastify.decorate('addressBook', book)
    fastify.addHook('onRoute', ({ url }) => {
      pages.add(url)
    })
    fastify.addHook('onReady', () => book.open())
  },
  { name: 'addresses' }
)
