/** Reads the options of `ai.chat`, in the order in which their mistakes are reported. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { looseField, looseList, looseNumber, looseText } from '../../../core/lua/loose.js'

export interface Message { readonly role: string, readonly content: string }

export interface Chat {
  readonly provider: string
  readonly model: string
  readonly messages: readonly Message[]
  readonly maxTokens: number
  readonly temperature: number | undefined
  readonly endpoint: string | undefined
}

/** Throws a LuaFailure that names the field. Such calls are not recorded. */
export function readChat (options: Readonly<Record<string, unknown>>): Chat {
  const provider = looseText(options.provider) ?? ''
  if (provider === '') throw new LuaFailure('provider is required (openai or anthropic)')
  const model = looseText(options.model) ?? ''
  if (model === '') throw new LuaFailure('model is required')
  const entries = looseList(options.messages)
  if (entries === undefined) throw new LuaFailure('messages is required and must be a table')
  const messages = entries.map(toMessage).filter(message => message !== undefined)
  if (messages.length === 0) throw new LuaFailure('messages cannot be empty')

  const maxTokens = Math.trunc(looseNumber(options.max_tokens) ?? 0)
  const temperature = looseNumber(options.temperature) ?? 0
  return {
    provider,
    model,
    messages,
    maxTokens: maxTokens > 0 ? maxTokens : 1024,
    temperature: temperature > 0 ? temperature : undefined,
    endpoint: looseText(options.endpoint) || undefined
  }
}

function toMessage (entry: unknown): Message | undefined {
  const role = looseText(looseField(entry, 'role')) ?? ''
  const content = looseText(looseField(entry, 'content')) ?? ''
  return role === '' || content === '' ? undefined : { role, content }
}
