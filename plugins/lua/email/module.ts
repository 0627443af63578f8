/** `email`: mail through Resend, with a record of every request. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import type { Storage } from '../../../core/contracts/storage.js'
import type { IdSource } from '../../../core/base/ids.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { recorded } from '../../../core/lua/request-record.js'
import { readMessage } from './message.js'
import { send, type EmailNote } from './send.js'
import { EmailOptions, EmailResult } from './types.js'

interface EmailDependencies {
  readonly storage: Pick<Storage, 'env' | 'executions'>
  readonly http: OutgoingHttp
  readonly ids: Pick<IdSource, 'next'>
}

export function emailModule({ storage, http, ids }: EmailDependencies) {
  return luaModule('email', {
    doc:
      "Mail, sent through Resend. The key is read from the function's environment " +
      '(`RESEND_API_KEY`), another base address from `RESEND_BASE_URL`. Every request is kept with ' +
      'the execution, secrets masked.',
    functions: {
      send: host({
        doc:
          'Sends a mail. Fails (`nil, message`) when a field is missing, the key is not set, the ' +
          'provider cannot be reached, or it refuses the mail.',
        params: [param('options', EmailOptions, 'The mail.')],
        returns: EmailResult,
        fails: true,
        example:
          'local sent, err = email.send({\n' +
          '  from = "Shop <shop@example.com>",\n' +
          '  to = "ada@example.com",\n' +
          '  subject = "Your order",\n' +
          '  text = "It is on its way."\n' +
          '})\n' +
          'if not sent then\n' +
          '  return { statusCode = 502, body = err }\n' +
          'end\n' +
          'return { body = sent.id }',
        async run(call, options) {
          const message = readMessage(options)
          const note: EmailNote = { requestJson: '', key: '' }
          const id = await recorded({
            call,
            ids,
            note,
            send: async () => await send(call, { env: storage.env, http, message, note }),
            keep(fields, id) {
              const { from, to, subject, text, html } = message
              storage.executions.appendEmailRequest({
                ...fields,
                from,
                to,
                subject,
                hasText: text !== undefined,
                hasHtml: html !== undefined,
                requestJson: note.requestJson,
                responseJson: id === undefined ? undefined : JSON.stringify({ id }),
                emailId: id
              })
            }
          })
          return { id }
        }
      })
    }
  })
}
