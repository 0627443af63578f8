/** Calls as people make them, over connections that are kept. */
import { Agent, request } from 'undici'
import { API_KEY } from './server.js'

export interface Reply {
  readonly status: number
  readonly executionId: string | undefined
  readonly body: string
}

export function createClient(connections: number) {
  const dispatcher = new Agent({
    connections,
    pipelining: 1,
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
    connectTimeout: 60_000
  })
  return {
    /** Rejects when no whole answer came. */
    async call(
      url: string,
      method: 'GET' | 'POST' | 'PUT' = 'GET',
      body?: string,
      headers: Readonly<Record<string, string>> = {}
    ): Promise<Reply> {
      const answer = await request(url, {
        dispatcher,
        method,
        headers: { authorization: `Bearer ${API_KEY}`, ...headers },
        ...(body === undefined ? {} : { body })
      })
      const id = answer.headers['x-execution-id']
      return {
        status: answer.statusCode,
        executionId: typeof id === 'string' ? id : undefined,
        body: await answer.body.text()
      }
    },
    close: () => dispatcher.destroy()
  }
}

export type Client = ReturnType<typeof createClient>

/** Makes a function; gives its id. */
export async function createFunction(client: Client, base: string, code: string): Promise<string> {
  const { status, body } = await client.call(
    `${base}/api/functions`,
    'POST',
    JSON.stringify({ name: 'chaos', code })
  )
  if (status !== 200) throw new Error(`The function could not be made: ${status} ${body}`)
  return (JSON.parse(body) as { id: string }).id
}
