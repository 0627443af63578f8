/** The argument of `smtp.send`, and what becomes of it. */
import { Fields, List, LuaFailure, Optional, Text, Union, field } from 'moonlet/plugin'

const Addresses = Union(Text({ max: 1000 }), List(Text({ max: 1000 })))

export const MailOptions = Fields(
  {
    from: field(Optional(Text({ max: 1000 })), 'The sender; the setting `SMTP_FROM` if left out.'),
    to: field(Addresses, 'One recipient or a list.'),
    subject: field(Text({ max: 1000 }), 'The subject.'),
    text: field(
      Optional(Text({ max: 1024 * 1024 })),
      'The message as plain text. This or `html` is needed.'
    ),
    html: field(Optional(Text({ max: 1024 * 1024 })), 'The message as HTML.'),
    cc: field(Optional(Addresses), 'One recipient or a list.'),
    bcc: field(Optional(Addresses), 'One recipient or a list.'),
    reply_to: field(Optional(Text({ max: 1000 })), 'Where answers go.')
  },
  'SmtpMail'
)

const list = addresses =>
  addresses === undefined ? undefined : [addresses].flat().filter(address => address !== '')

/** Throws a LuaFailure that says which field is missing. */
export function toMessage(mail, defaultFrom) {
  const message = {
    from: mail.from || defaultFrom,
    to: list(mail.to),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    cc: list(mail.cc),
    bcc: list(mail.bcc),
    replyTo: mail.reply_to
  }
  if (message.from === '') {
    throw new LuaFailure('from is required: the setting SMTP_FROM names no sender')
  }
  if (message.to.length === 0) throw new LuaFailure('to cannot be empty')
  if (message.text === undefined && message.html === undefined) {
    throw new LuaFailure('either text or html content is required')
  }
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined))
}
