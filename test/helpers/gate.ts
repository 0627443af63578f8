/** Runs that wait for a server of the test: sandboxes stay busy until it answers. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { API_KEY } from './build.js'

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

export interface Gate {
  readonly port: number
  /** Answers who waits and whoever comes from now on. */
  readonly open: () => void
}

/** A server that answers nobody until `open` is called. */
export async function startGate(t: Test): Promise<Gate> {
  const waiting: Array<() => void> = []
  const server = createServer((_request, response) => {
    waiting.push(() => {
      response.end('go')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
  })
  const timer = { opened: undefined as NodeJS.Timeout | undefined }
  t.teardown(() => {
    clearInterval(timer.opened)
  })
  return {
    port: portOf(server),
    open() {
      timer.opened = setInterval(() => {
        for (const answer of waiting.splice(0)) answer()
      }, 10)
    }
  }
}

/** Saves code as a function; gives its id. */
export async function saveCode(
  app: FastifyInstance,
  code: string,
  change?: object
): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}` }
  const reply = await app.inject({
    method: 'POST',
    url: '/api/functions',
    headers,
    payload: { name: 'f', code }
  })
  const { id } = reply.json<{ id: string }>()
  if (change !== undefined) {
    await app.inject({ method: 'PUT', url: `/api/functions/${id}`, headers, payload: change })
  }
  return id
}

/** A function that waits at the gate and then answers with the Lua expression `body`. */
export const saveWaiting = (
  app: FastifyInstance,
  { port }: Gate,
  body = '"done"'
): Promise<string> =>
  saveCode(
    app,
    `function handler(ctx, event) http.get("http://127.0.0.1:${port}/") return { body = ${body} } end`
  )
