/** How Node's HTTP server takes requests. Fastify makes the server with these. */
import type { ServerOptions } from 'node:http'
import type { Config } from '../../config/schema.js'

/** How often Node looks for requests that are late. */
const CHECK_MS = 1000

type Times = Pick<Config, 'REQUEST_TIMEOUT' | 'QUEUE_TIMEOUT'>

/**
 * Bodies of functions and of the API have REQUEST_TIMEOUT from when they are first read (read-body.ts). A call may
 * have waited in the queue before that; so Node's own limit, for all other bodies, is later.
 */
export const requestTimeoutMs = ({ REQUEST_TIMEOUT, QUEUE_TIMEOUT }: Times): number =>
  (REQUEST_TIMEOUT + QUEUE_TIMEOUT + 1) * 1000

export function serverOptions({ REQUEST_TIMEOUT, ...times }: Times): ServerOptions {
  return {
    headersTimeout: REQUEST_TIMEOUT * 1000,
    requestTimeout: requestTimeoutMs({ REQUEST_TIMEOUT, ...times }),
    connectionsCheckingInterval: CHECK_MS,
    // request-head.ts looks at it, and answers in the form of all errors.
    requireHostHeader: false
  }
}
