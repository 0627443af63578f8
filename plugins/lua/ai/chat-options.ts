/** Reads the options of `ai.chat`, in the order in which their mistakes are reported. */
import { LuaFailure } from '../../../core/lua/errors.js'
import {
  isAbsent,
  isText,
  looseField,
  looseList,
  looseNumber,
  looseText
} from '../../../core/lua/loose.js'

export interface Message {
  readonly role: string
  readonly content: string
}

export interface Chat {
  readonly provider: string
  readonly model: string
  readonly messages: readonly Message[]
  readonly maxTokens: number
  readonly temperature: number | undefined
  readonly endpoint: string | undefined
}

/** Throws a LuaFailure that names the field. Such calls are not recorded. */
export function readChat(options: Readonly<Record<string, unknown>>): Chat {
  const provider = looseText(options.provider) ?? ''
  if (provider === '') throw new LuaFailure('provider is required (openai or anthropic)')
  if (typeof options.model === 'number') throw new LuaFailure('model must be a string')
  const model = looseText(options.model) ?? ''
  if (model === '') throw new LuaFailure('model is required')
  const entries = looseList(options.messages)
  if (entries === undefined) throw new LuaFailure('messages is required and must be a table')
  const messages = entries.map(toMessage).filter(message => message !== undefined)
  if (messages.length === 0) throw new LuaFailure('messages cannot be empty')

  const maxTokens = Math.trunc(readNumber('max_tokens', options.max_tokens))
  const temperature = readNumber('temperature', options.temperature)
  return {
    provider,
    model,
    messages,
    maxTokens: maxTokens > 0 ? maxTokens : 1024,
    temperature: temperature > 0 ? temperature : undefined,
    endpoint: readEndpoint(options.endpoint)
  }
}

/** 0 when left out, or not finite. */
function readNumber(name: string, value: unknown): number {
  if (!isAbsent(value) && typeof value !== 'number') {
    throw new LuaFailure(`${name} must be a number`)
  }
  return looseNumber(value) ?? 0
}

/** Where the key is sent: nothing that was meant for it may be taken for left out. */
function readEndpoint(value: unknown): string | undefined {
  if (!isAbsent(value) && !isText(value)) throw new LuaFailure('endpoint must be a string')
  return looseText(value) || undefined
}

function toMessage(entry: unknown): Message | undefined {
  const role = looseText(looseField(entry, 'role')) ?? ''
  const content = looseText(looseField(entry, 'content')) ?? ''
  return role === '' || content === '' ? undefined : { role, content }
}
