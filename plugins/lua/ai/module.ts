/** `ai`: chat models, with a record of every request. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import type { Storage } from '../../../core/contracts/storage.js'
import type { IdSource } from '../../../core/base/ids.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { recorded } from '../../../core/lua/request-record.js'
import { readChat } from './chat-options.js'
import { chat, type ChatNote } from './chat.js'
import { ChatOptions, ChatResult } from './types.js'

interface AiDependencies {
  readonly storage: Pick<Storage, 'env' | 'executions'>
  readonly http: OutgoingHttp
  readonly ids: Pick<IdSource, 'next'>
}

export function aiModule({ storage, http, ids }: AiDependencies) {
  return luaModule('ai', {
    doc:
      "Answers of chat models. The key is read from the function's environment (`OPENAI_API_KEY`, " +
      '`ANTHROPIC_API_KEY`); another base address from `OPENAI_ENDPOINT`, `ANTHROPIC_ENDPOINT`. ' +
      'Every request is kept with the execution, secrets masked.',
    functions: {
      chat: host({
        doc:
          'Sends a conversation to a model and returns its answer. Fails (`nil, message`) when a field ' +
          'is missing, the key is not set, the provider cannot be reached, or it answers with an error.',
        params: [param('options', ChatOptions, 'What to ask whom.')],
        returns: ChatResult,
        fails: true,
        example:
          'local answer, err = ai.chat({\n' +
          '  provider = "openai",\n' +
          '  model = "gpt-4o-mini",\n' +
          '  messages = { { role = "user", content = "Say hello" } }\n' +
          '})\n' +
          'if not answer then\n' +
          '  return { statusCode = 502, body = err }\n' +
          'end\n' +
          'return { body = answer.content }',
        async run(call, options) {
          const request = readChat(options)
          const note: ChatNote = { endpoint: '', requestJson: '', responseJson: undefined, key: '' }
          const { content, model, inputTokens, outputTokens } = await recorded({
            call,
            ids,
            note,
            send: async () => await chat(call, { env: storage.env, http, request, note }),
            keep(fields, answer) {
              const { endpoint, requestJson, responseJson } = note
              storage.executions.appendAiRequest({
                ...fields,
                provider: request.provider,
                model: request.model,
                endpoint,
                requestJson,
                responseJson,
                inputTokens: answer?.inputTokens,
                outputTokens: answer?.outputTokens
              })
            }
          })
          return {
            content,
            model,
            usage: { input_tokens: inputTokens, output_tokens: outputTokens }
          }
        }
      })
    }
  })
}
