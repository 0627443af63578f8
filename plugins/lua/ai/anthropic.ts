/** Anthropic's messages. */
import { at, countAt, limits, textAt, type Provider } from './provider.js'

export const anthropic: Provider = {
  title: 'Anthropic',
  keyVariable: 'ANTHROPIC_API_KEY',
  endpointVariable: 'ANTHROPIC_ENDPOINT',
  defaultEndpoint: 'https://api.anthropic.com',
  path: '/v1/messages',
  headers: key => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  /** System messages are not part of the conversation here: the last one is sent as `system`. */
  body(chat) {
    const system = chat.messages.findLast(({ role }) => role === 'system')
    return {
      model: chat.model,
      messages: chat.messages.filter(({ role }) => role !== 'system'),
      ...limits(chat),
      ...(system === undefined ? {} : { system: system.content })
    }
  },
  readAnswer(reply) {
    const blocks = at(reply, 'content')
    if (!Array.isArray(blocks) || blocks.length === 0) return undefined
    return {
      content: blocks
        .filter(block => at(block, 'type') === 'text')
        .map(block => textAt(block, 'text') ?? '')
        .join(''),
      model: textAt(reply, 'model') ?? '',
      inputTokens: countAt(reply, 'usage', 'input_tokens'),
      outputTokens: countAt(reply, 'usage', 'output_tokens')
    }
  }
}
