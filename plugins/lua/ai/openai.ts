/** OpenAI's chat completions, which many other servers speak too. */
import { countAt, limits, textAt, type Provider } from './provider.js'

export const openai: Provider = {
  title: 'OpenAI',
  keyVariable: 'OPENAI_API_KEY',
  endpointVariable: 'OPENAI_ENDPOINT',
  defaultEndpoint: 'https://api.openai.com/v1',
  path: '/chat/completions',
  headers: key => ({ Authorization: `Bearer ${key}` }),
  body: chat => ({ model: chat.model, messages: chat.messages, ...limits(chat) }),
  readAnswer(reply) {
    const content = textAt(reply, 'choices', 0, 'message', 'content')
    return content === undefined
      ? undefined
      : {
          content,
          model: textAt(reply, 'model') ?? '',
          inputTokens: countAt(reply, 'usage', 'prompt_tokens'),
          outputTokens: countAt(reply, 'usage', 'completion_tokens')
        }
  }
}
