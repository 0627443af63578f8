/** The management API of a production app, called without a socket. */
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { API_KEY, build } from './build.js'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  readonly bytes: Buffer
  /** The body as JSON; undefined when it is none. */
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at what is there
}

export type Call = (
  method: string,
  url: string,
  body?: unknown,
  headers?: Record<string, string>
) => Promise<ApiAnswer>

export interface Api {
  readonly app: FastifyInstance
  /** Calls with the key; objects are sent as JSON, texts and bytes as they are. */
  readonly call: Call
  /** The same without the key. */
  readonly callOpen: Call
  /** Makes a function; gives its id. */
  readonly create: (change?: Record<string, unknown>) => Promise<string>
}

export const CODE =
  "function handler(ctx, event)\n  return { statusCode = 200, body = 'ok' }\nend\n"

export async function buildApi(t: Test, settings: Record<string, string> = {}): Promise<Api> {
  const app = await build(t, settings)
  const callOpen = createCall(app, {})
  const call = createCall(app, { authorization: `Bearer ${settings.API_KEY ?? API_KEY}` })
  const create = async (change: Record<string, unknown> = {}) => {
    const { status, json, text } = await call('POST', '/api/functions', {
      name: 'a function',
      code: CODE,
      ...change
    })
    if (status !== 200) throw new Error(`creating a function gave ${status} ${text}`)
    return String(json.id)
  }
  return { app, call, callOpen, create }
}

function createCall(app: FastifyInstance, own: Record<string, string>): Call {
  return async (method, url, body, headers = {}) => {
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
        ? body
        : JSON.stringify(body)
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...own, ...headers },
      ...(payload === undefined ? {} : { payload })
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      bytes: answer.rawPayload,
      json: parse(answer.body)
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
