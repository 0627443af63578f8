/** A server for tests of answers that are written piece by piece. */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { Scheduler } from '../../../../sandbox/scheduler/scheduler.js'
import { API_KEY, build } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { portOf } from '../../../helpers/gate.js'
import { openRaw } from '../../../helpers/raw-socket.js'

export const headers = { authorization: `Bearer ${API_KEY}` }
export const END = /\r\n0\r\n\r\n$/

export interface Listed {
  readonly id: string
  readonly status: string
  readonly status_code?: number
  readonly duration_ms?: number
  readonly response_size?: number
  readonly first_byte_ms?: number
  readonly error_message?: string
  readonly error?: { readonly kind: string; readonly message: string }
  readonly response_json?: string
}

/** The Lua of a handler whose body is `body`, with `fields` beside it. */
export const streaming = (body: string, fields = ''): string =>
  `function handler(ctx, event)\n  return { ${fields} body = function(write)\n${body}\n  end }\nend`

export async function start(t: Test, settings: Record<string, string> = {}) {
  const app = await build(t, { HTTP_ALLOW_PRIVATE: 'true', ...settings })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  /** A connection that asks for the function. */
  const ask = async (id: string, method = 'GET') => {
    const raw = await openRaw(t, portOf(app.server))
    raw.send(`${method} /fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`)
    return raw
  }
  return { app, base, ask }
}

/** Of the function's executions the newest, once it has ended. */
export async function ended(t: Test, app: FastifyInstance, id: string): Promise<Listed> {
  const read = async () => await newest(app, id)
  await eventually(t, async () => (await read())?.status, /^(success|error)$/)
  return (await read()) as Listed
}

export async function newest(app: FastifyInstance, id: string): Promise<Listed | undefined> {
  const { executions } = (
    await app.inject({ url: `/api/functions/${id}/executions`, headers })
  ).json<{ executions: Listed[] }>()
  const [first] = executions
  if (first === undefined) return undefined
  return (await app.inject({ url: `/api/executions/${first.id}`, headers })).json<Listed>()
}

export const pidsOf = ({ scheduler }: FastifyInstance): readonly number[] =>
  (scheduler as Scheduler).pids

export async function logsOf(app: FastifyInstance, { id }: Listed): Promise<string[]> {
  const { logs } = (await app.inject({ url: `/api/executions/${id}/logs`, headers })).json<{
    logs: Array<{ message: string }>
  }>()
  return logs.map(({ message }) => message)
}
