/** A stand-in for a provider on a real socket, and the parts of the store that ai and email use. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AiRequestRecord, EmailRequestRecord } from '../../../core/contracts/records.js'
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import { createIdSource } from '../../../core/base/ids.js'
import { client, readBody, serve } from '../outgoing-http/serve.js'

export interface Seen {
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers every request with `reply`, a text or what becomes JSON. */
export async function provider(t: Parameters<typeof serve>[0], reply: unknown, status = 200) {
  const seen: Seen[] = []
  const { url } = await serve(t, async (request, response) => {
    seen.push({ url: request.url, headers: request.headers, body: await readBody(request) })
    response.writeHead(status).end(typeof reply === 'string' ? reply : JSON.stringify(reply))
  })
  return { url, seen }
}

/** What the modules depend on: the production HTTP client, and records and environment held in memory. */
export function dependencies(t: Parameters<typeof serve>[0], environment: Record<string, string>) {
  const aiRecords: AiRequestRecord[] = []
  const emailRecords: EmailRequestRecord[] = []
  const { request, close } = client(t)
  const http: OutgoingHttp = { request: ({ url, ...rest }) => request(url, rest), close }
  const storage = {
    env: { get: async (_functionId: string, name: string) => environment[name] },
    executions: {
      appendAiRequest: (record: AiRequestRecord) => {
        aiRecords.push(record)
      },
      appendEmailRequest: (record: EmailRequestRecord) => {
        emailRecords.push(record)
      }
    }
  }
  return { aiRecords, emailRecords, http, ids: createIdSource(), storage: storage as never }
}
