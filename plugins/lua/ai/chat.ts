/** One request to a provider. `note` gets its result in any case, for the record. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import type { EnvStore } from '../../../core/contracts/env.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { replyToRecordJson, toRecordJson } from '../../../core/lua/request-record.js'
import { anthropic } from './anthropic.js'
import type { Chat } from './chat-options.js'
import { openai } from './openai.js'
import { textAt, at, type ChatAnswer, type Provider } from './provider.js'

const providers: Readonly<Record<string, Provider>> = { openai, anthropic }

/** What is known of a request so far; filled in while it goes on. */
export interface ChatNote {
  endpoint: string
  requestJson: string
  responseJson: string | undefined
  /** So that it can be kept out of everything that is stored. */
  key: string
}

/** A reply is parsed whole, which takes the server's time; those of chats are far smaller. */
const MAX_REPLY_BYTES = 1024 * 1024

/** Throws a LuaFailure for everything the outside world does wrong, and for a key that is not set. */
export async function chat(
  call: HostCall,
  { env, http, request, note }: { env: EnvStore; http: OutgoingHttp; request: Chat; note: ChatNote }
): Promise<ChatAnswer> {
  const provider = Object.hasOwn(providers, request.provider)
    ? providers[request.provider]
    : undefined
  if (provider === undefined) {
    throw new LuaFailure(`unsupported provider: ${request.provider} (use openai or anthropic)`)
  }
  const key = (await env.get(call.functionId, provider.keyVariable)) ?? ''
  if (key === '') throw new LuaFailure(`${provider.keyVariable} not set in function environment`)
  const base =
    request.endpoint ??
    ((await env.get(call.functionId, provider.endpointVariable)) || provider.defaultEndpoint)

  const body = provider.body(request)
  note.key = key
  note.endpoint = base.replace(/\/+$/, '') + provider.path
  note.requestJson = toRecordJson(body)
  const text = await post(call, http, { url: note.endpoint, headers: provider.headers(key), body })
  note.responseJson = replyToRecordJson(text, key)
  return readReply(provider, text)
}

async function post(
  call: HostCall,
  http: OutgoingHttp,
  { url, headers, body }: { url: string; headers: Record<string, string>; body: unknown }
): Promise<string> {
  try {
    const reply = await http.request({
      method: 'POST',
      url,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: call.signal
    })
    if (reply.body.byteLength > MAX_REPLY_BYTES) {
      throw new Error(`the reply has more than ${MAX_REPLY_BYTES} bytes`)
    }
    return Buffer.from(reply.body).toString('utf8')
  } catch (error) {
    throw new LuaFailure(
      `HTTP request failed: ${error instanceof Error ? error.message : 'unknown error'}`,
      { cause: error }
    )
  }
}

/** The status is not looked at: providers say what went wrong in the body. */
function readReply(provider: Provider, text: string): ChatAnswer {
  let reply: unknown
  try {
    reply = JSON.parse(text)
  } catch (error) {
    throw new LuaFailure(
      `failed to parse response: ${error instanceof Error ? error.message : 'not JSON'}`
    )
  }
  const error = at(reply, 'error')
  if (error !== undefined && error !== null) {
    throw new LuaFailure(
      `${provider.title} API error: ${textAt(error, 'message') ?? asText(error)}`
    )
  }
  const answer = provider.readAnswer(reply)
  if (answer === undefined) throw new LuaFailure(`no response from ${provider.title}`)
  return answer
}

const asText = (error: unknown): string =>
  typeof error === 'string' ? error : JSON.stringify(error)
