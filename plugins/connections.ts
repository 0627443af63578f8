/**
 * What stands between connections and Fastify: broken heads are refused, what is sent ahead waits, bodies and answers
 * enter the budget of bytes (BUFFERED_BYTES_MAX), and what neither sends nor takes is cut off.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import fp from 'fastify-plugin'
import { maxOpenFiles } from '../config/machine.js'
import '../core/contracts/server.js'
import { budgetLimit, ByteBudget } from '../core/connections/byte-budget.js'
import { addressOf } from '../core/connections/called-address.js'
import { onSocketClose } from '../core/connections/caller.js'
import { watchDescriptors } from '../core/connections/descriptor-watch.js'
import { closeBehind, isClosing } from '../core/connections/open-responses.js'
import { ownerOf } from '../core/connections/owner.js'
import { sendPlainError } from '../core/connections/plain-response.js'
import { hasBody } from '../core/connections/read-body.js'
import { noRoom, ReceivedBody, whenRead } from '../core/connections/received-body.js'
import { headProblem } from '../core/connections/request-head.js'
import { RequestsAhead } from '../core/connections/requests-ahead.js'
import { UnsentBytes } from '../core/connections/unsent.js'
import type { MoonletError } from '../core/base/errors.js'

const OUT_OF_DESCRIPTORS =
  'nearly as many files and connections are open as may be, and further connections are closed without an answer: ' +
  'raise the limit on open files (LimitNOFILE of the unit, --ulimit nofile of a container, ulimit -n)'

export default fp(
  async function connections(fastify) {
    const { config, server } = fastify
    const budget = new ByteBudget(budgetLimit(config))
    const unsent = new UnsentBytes(budget, config.REQUEST_TIMEOUT * 1000)

    fastify.decorate('connections', {
      bufferedBytes: () => budget.used,
      maySendResponse: (request: IncomingMessage, response: ServerResponse, bytes: number) =>
        unsent.enter(request, response, bytes) ? undefined : noRoom(budget.limit)
    })
    // More headers than there may be are counted here instead of being dropped there.
    server.maxHeadersCount = 0
    const watchDescriptor = watchDescriptors(maxOpenFiles(), limit => {
      fastify.log.warn({ limit }, OUT_OF_DESCRIPTORS)
    })
    server.on('connection', socket => {
      watchDescriptor(socket)
      unsent.watch(socket)
    })
    fastify.addHook('onClose', async () => {
      unsent.stop()
    })

    // Right before Fastify. Plugins with a scope of their own are made ready later and put themselves before this:
    // admission control, so that the body of a call that it turns away enters no budget, and BASE_PATH.
    fastify.addHook('onReady', async () => {
      const handlers = server.listeners('request') as RequestListener[]
      const begin = (request: IncomingMessage, response: ServerResponse): void => {
        for (const handle of handlers) handle(request, response)
      }
      const ahead = new RequestsAhead(begin)
      server.removeAllListeners('request')
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        // Bodies are counted as they come, also while their requests wait.
        if (!admitHead(request, response) || !admitBody(request, response)) return
        // Calls of functions have waited in their queue.
        if (addressOf(request) === undefined) ahead.arrive(request, response)
        else begin(request, response)
      })
      continueWhenRead(server)
    })

    function admitHead(request: IncomingMessage, response: ServerResponse): boolean {
      if (isClosing(request.socket)) return false
      const problem = headProblem(request)
      // Node takes what follows a wish to upgrade for another protocol, which nobody here speaks.
      if (problem !== undefined || request.headers.upgrade !== undefined) {
        closeBehind(response, request)
      }
      return problem === undefined || refuse(response, problem)
    }

    function admitBody(request: IncomingMessage, response: ServerResponse): boolean {
      if (!hasBody(request)) return true
      followBody(new ReceivedBody(request, budget, config.BODY_LIMIT), request, response)
      const length = Number(request.headers['content-length'] ?? 1)
      // The receiver of one that is too large in any case answers that itself.
      if (length <= config.BODY_LIMIT && !budget.hasRoomForBody(ownerOf(request), length)) {
        return refuse(response, noRoom(budget.limit))
      }
      return true
    }

    function refuse(response: ServerResponse, error: MoonletError): false {
      sendPlainError(response, error, fastify.nextRequestId())
      return false
    }
  },
  { name: 'connections' }
)

/** Left to itself Node would tell everybody to go on, also those that are refused. */
function continueWhenRead(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    whenRead(request, () => {
      if (!response.headersSent) response.writeContinue()
    })
    server.emit('request', request, response)
  })
}

/**
 * What the body holds is given back with the response, unless its run still has it; what is still to come then, is
 * dropped.
 */
function followBody(body: ReceivedBody, request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    stopWatching()
    body.answered()
  }
  const stopWatching = onSocketClose(request.socket, end)
  response.once('close', end)
}
