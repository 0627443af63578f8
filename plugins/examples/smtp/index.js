/** A Moonlet plugin: the Lua module `smtp`. Every mail is kept with its execution, as those of `email` are. */
import nodemailer from 'nodemailer'
import {
  Fields,
  LuaFailure,
  SettingProblem,
  Text,
  definePlugin,
  field,
  host,
  luaModule,
  param,
  setting,
  toRecordJson
} from 'moonlet/plugin'
import { MailOptions, toMessage } from './message.js'

const LIMITS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/** The address of the mail server; never shown, because it holds the password. */
const smtpUrl = {
  ...setting.optionalText({
    secret: true,
    doc: 'Mail server for `smtp.send`, such as `smtps://user:password@mail.example.org`'
  }),
  read(text) {
    if (text === undefined || !/^smtps?:\/\/[^/]/.test(text) || !URL.canParse(text)) {
      throw new SettingProblem('must be an address such as smtps://user:password@mail.example.org')
    }
    return text
  }
}

export default definePlugin({
  name: 'smtp',
  moonlet: '^0.1.0',
  settings: {
    SMTP_SERVER: smtpUrl,
    SMTP_FROM: setting.text({ fallback: '', doc: 'Sender of mails that name none' }),
    SMTP_CONNECTIONS: setting.integer({
      min: 1,
      max: 50,
      fallback: 2,
      doc: 'Connections to the mail server at once'
    })
  },
  start(server, { SMTP_SERVER, SMTP_FROM, SMTP_CONNECTIONS }) {
    const transport = nodemailer.createTransport({
      url: SMTP_SERVER,
      pool: true,
      maxConnections: SMTP_CONNECTIONS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...LIMITS
    })
    server.addHook('onClose', () => {
      transport.close()
    })

    server.lua.add(
      luaModule('smtp', {
        doc: 'Mail through the SMTP server of the setting `SMTP_SERVER`. Every mail is kept with the execution.',
        functions: {
          send: host({
            doc:
              'Sends a mail. Fails (`nil, message`) when a field is missing or the mail server ' +
              'cannot be reached or refuses the mail.',
            params: [param('mail', MailOptions, 'The mail.')],
            returns: Fields({ id: field(Text(), 'The Message-ID.') }, 'SmtpResult'),
            fails: true,
            example:
              'local sent, err = smtp.send({ from = "me@example.org", to = "you@example.org", ' +
              'subject = "Hi", text = "Hello" })\n' +
              'if not sent then\n  return { statusCode = 502, body = err }\nend\n' +
              'return { body = sent.id }',
            async run(call, mail) {
              const message = toMessage(mail, SMTP_FROM)
              const startedAt = Date.now()
              try {
                const { messageId } = await transport.sendMail(message)
                record(server, call, message, startedAt, { id: messageId })
                return { id: messageId }
              } catch (cause) {
                const error = `mail was not sent: ${cause.message}`
                record(server, call, message, startedAt, { error })
                throw new LuaFailure(error, { cause })
              }
            }
          })
        }
      }),
      'smtp'
    )
  }
})

/** Keeps a mail with its execution, sent or not. */
function record(server, call, message, startedAt, result) {
  server.storage.executions.appendEmailRequest({
    id: server.ids.next(),
    executionId: call.executionId,
    from: message.from,
    to: message.to,
    subject: message.subject,
    hasText: message.text !== undefined,
    hasHtml: message.html !== undefined,
    requestJson: toRecordJson(message),
    responseJson: result.id === undefined ? undefined : toRecordJson({ id: result.id }),
    status: result.id === undefined ? 'error' : 'success',
    errorMessage: result.error,
    emailId: result.id,
    durationMs: Date.now() - startedAt,
    createdAt: Math.floor(startedAt / 1000)
  })
}
