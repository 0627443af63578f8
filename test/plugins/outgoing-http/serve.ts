/** Real servers on loopback addresses for the tests of the HTTP client. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import {
  createOutgoingHttp,
  type OutgoingHttpOptions
} from '../../../plugins/outgoing-http/client.js'

interface Teardown {
  teardown: (fn: () => unknown) => void
}

/** An HTTP server that ends with the test; gives its URL without a trailing slash, and its port. */
export async function serve(t: Teardown, listener: RequestListener, host = '127.0.0.1') {
  const server = createServer(listener)
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://${host}:${port}`, port, server }
}

/** A bare TCP server, for replies that no HTTP library would send. */
export async function serveRaw(t: Teardown, onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createTcpServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, sockets }
}

/** The client as production makes it, all addresses allowed unless told otherwise. */
export function client(t: Teardown, options: Partial<OutgoingHttpOptions> = {}) {
  const outgoing = createOutgoingHttp({
    isAllowed: () => true,
    responseLimit: 1024 * 1024,
    ...options
  })
  t.teardown(() => outgoing.close())
  const request = (
    url: string,
    rest: {
      method?: string
      headers?: Record<string, string | readonly string[]>
      body?: Uint8Array | string
      signal?: AbortSignal
    } = {}
  ) =>
    outgoing.request({
      method: 'GET',
      headers: {},
      signal: new AbortController().signal,
      ...rest,
      url
    })
  return { request, close: outgoing.close }
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

/** Every kind of failure is an Error with a message for people; gives that message. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the request succeeded')
}
