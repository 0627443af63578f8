/** `email`: mail through Resend, with a record of every request. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import type { Storage } from '../../../core/contracts/storage.js'
import type { IdSource } from '../../../core/ids.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import { host, luaModule, param, type HostCall } from '../../../core/lua/module.js'
import { withoutKey } from '../../../core/request-record.js'
import { readMessage, type EmailMessage } from './message.js'
import { send, type EmailNote } from './send.js'
import { EmailOptions, EmailResult } from './types.js'

interface EmailDependencies {
  readonly storage: Pick<Storage, 'env' | 'executions'>
  readonly http: OutgoingHttp
  readonly ids: Pick<IdSource, 'next'>
}

export function emailModule ({ storage, http, ids }: EmailDependencies) {
  function record (call: HostCall, message: EmailMessage, note: EmailNote, startedAt: number, result: { id?: string, error?: string }): void {
    storage.executions.appendEmailRequest({
      id: ids.next(),
      executionId: call.executionId,
      from: message.from,
      to: message.to,
      subject: message.subject,
      hasText: message.text !== undefined,
      hasHtml: message.html !== undefined,
      requestJson: note.requestJson,
      responseJson: result.id === undefined ? undefined : JSON.stringify({ id: result.id }),
      status: result.id === undefined ? 'error' : 'success',
      errorMessage: result.error === undefined ? undefined : withoutKey(result.error, note.key),
      emailId: result.id,
      durationMs: Date.now() - startedAt,
      createdAt: Math.floor(startedAt / 1000)
    })
  }

  return luaModule('email', {
    doc: 'Mail, sent through Resend. The key is read from the function\'s environment (`RESEND_API_KEY`), another base address from `RESEND_BASE_URL`. Every request is kept with the execution, secrets masked.',
    functions: {
      send: host({
        doc: 'Sends a mail. Fails (`nil, message`) when a field is missing, the key is not set, the provider cannot be reached, or it refuses the mail.',
        params: [param('options', EmailOptions, 'The mail.')],
        returns: EmailResult,
        fails: true,
        example: 'local sent, err = email.send({\n  from = "Shop <shop@example.com>",\n  to = "ada@example.com",\n  subject = "Your order",\n  text = "It is on its way."\n})\nif not sent then\n  return { statusCode = 502, body = err }\nend\nreturn { body = sent.id }',
        async run (call, options) {
          const message = readMessage(options)
          const note: EmailNote = { requestJson: '', key: '' }
          const startedAt = Date.now()
          try {
            const id = await send(call, { env: storage.env, http, message, note })
            record(call, message, note, startedAt, { id })
            return { id }
          } catch (error) {
            if (error instanceof LuaFailure) record(call, message, note, startedAt, { error: error.message })
            throw error
          }
        }
      })
    }
  })
}
