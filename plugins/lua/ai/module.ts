/** `ai`: chat models, with a record of every request. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import type { Storage } from '../../../core/contracts/storage.js'
import type { IdSource } from '../../../core/ids.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import { host, luaModule, param, type HostCall } from '../../../core/lua/module.js'
import { withoutKey } from '../../../core/request-record.js'
import { readChat, type Chat } from './chat-options.js'
import { chat, type ChatNote } from './chat.js'
import type { ChatAnswer } from './provider.js'
import { ChatOptions, ChatResult } from './types.js'

interface AiDependencies {
  readonly storage: Pick<Storage, 'env' | 'executions'>
  readonly http: OutgoingHttp
  readonly ids: Pick<IdSource, 'next'>
}

export function aiModule ({ storage, http, ids }: AiDependencies) {
  function record (call: HostCall, request: Chat, note: ChatNote, startedAt: number, result: { answer?: ChatAnswer, error?: string }): void {
    storage.executions.appendAiRequest({
      id: ids.next(),
      executionId: call.executionId,
      provider: request.provider,
      model: request.model,
      endpoint: note.endpoint,
      requestJson: note.requestJson,
      responseJson: note.responseJson,
      status: result.answer === undefined ? 'error' : 'success',
      errorMessage: result.error === undefined ? undefined : withoutKey(result.error, note.key),
      inputTokens: result.answer?.inputTokens,
      outputTokens: result.answer?.outputTokens,
      durationMs: Date.now() - startedAt,
      createdAt: Math.floor(startedAt / 1000)
    })
  }

  return luaModule('ai', {
    doc: 'Answers of chat models. The key is read from the function\'s environment (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`); another base address from `OPENAI_ENDPOINT`, `ANTHROPIC_ENDPOINT`. Every request is kept with the execution, secrets masked.',
    functions: {
      chat: host({
        doc: 'Sends a conversation to a model and returns its answer. Fails (`nil, message`) when a field is missing, the key is not set, the provider cannot be reached, or it answers with an error.',
        params: [param('options', ChatOptions, 'What to ask whom.')],
        returns: ChatResult,
        fails: true,
        example: 'local answer, err = ai.chat({\n  provider = "openai",\n  model = "gpt-4o-mini",\n  messages = { { role = "user", content = "Say hello" } }\n})\nif not answer then\n  return { statusCode = 502, body = err }\nend\nreturn { body = answer.content }',
        async run (call, options) {
          const request = readChat(options)
          const note: ChatNote = { endpoint: '', requestJson: '', responseJson: undefined, key: '' }
          const startedAt = Date.now()
          try {
            const answer = await chat(call, { env: storage.env, http, request, note })
            record(call, request, note, startedAt, { answer })
            return { content: answer.content, model: answer.model, usage: { input_tokens: answer.inputTokens, output_tokens: answer.outputTokens } }
          } catch (error) {
            if (error instanceof LuaFailure) record(call, request, note, startedAt, { error: error.message })
            throw error
          }
        }
      })
    }
  })
}
