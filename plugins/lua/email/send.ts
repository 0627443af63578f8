/** One request to Resend (https://resend.com/docs/api-reference/emails/send-email). */
import type { OutgoingHttp, OutgoingResponse } from '../../../core/contracts/outgoing-http.js'
import type { EnvStore } from '../../../core/contracts/env.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { toRecordJson } from '../../../core/lua/request-record.js'
import type { EmailMessage } from './message.js'

const DEFAULT_BASE = 'https://api.resend.com/'

/** What is known of a request so far; filled in while it goes on. */
export interface EmailNote {
  requestJson: string
  /** So that it can be kept out of everything that is stored. */
  key: string
}

/** The id that the provider gave the message. Throws a LuaFailure for everything that goes wrong outside. */
export async function send(
  call: HostCall,
  {
    env,
    http,
    message,
    note
  }: { env: EnvStore; http: OutgoingHttp; message: EmailMessage; note: EmailNote }
): Promise<string> {
  const key = (await env.get(call.functionId, 'RESEND_API_KEY')) ?? ''
  if (key === '') throw new LuaFailure('RESEND_API_KEY not set in function environment')
  const base = (await env.get(call.functionId, 'RESEND_BASE_URL')) || DEFAULT_BASE
  note.key = key
  note.requestJson = toRecordJson(message)
  const reply = await http
    .request({
      method: 'POST',
      url: `${base.replace(/\/+$/, '')}/emails`,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
      signal: call.signal
    })
    .catch((error: unknown) => {
      throw new LuaFailure(
        `failed to send email: ${error instanceof Error ? error.message : 'unknown error'}`,
        { cause: error }
      )
    })
  return readReply(reply)
}

/** Of a reply no more is read: it is a short object, or none that says anything. */
const MAX_REPLY_BYTES = 64 * 1024

function readReply({ statusCode, statusText, body }: OutgoingResponse): string {
  const reply = parse(Buffer.from(body.subarray(0, MAX_REPLY_BYTES)).toString('utf8'))
  if (statusCode < 200 || statusCode > 299) {
    const status = `${statusCode} ${statusText}`.trim()
    const reason = typeof reply?.message === 'string' ? reply.message : status
    throw new LuaFailure(`failed to send email: ${reason}`)
  }
  if (typeof reply?.id !== 'string') {
    throw new LuaFailure('failed to send email: failed to parse response: it holds no id')
  }
  return reply.id
}

/** The object that the text holds, or undefined. */
function parse(text: string): { id?: unknown; message?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
