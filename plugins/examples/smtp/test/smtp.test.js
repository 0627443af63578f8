import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startMoonlet } from 'moonlet/testing'
import { startSmtpServer } from './smtp-server.js'

let mailServer
let server
before(async () => {
  mailServer = await startSmtpServer()
  server = await startMoonlet({
    plugins: ['./index.js'],
    settings: { SMTP_SERVER: mailServer.url, SMTP_FROM: 'shop@example.org' }
  })
})
after(async () => {
  await server?.close()
  mailServer?.close()
})

const send = async mail =>
  await server.run(
    `local sent, err = smtp.send(${mail}) return { body = sent and sent.id or "error: " .. err }`
  )
const recordsOf = async ({ executionId }) =>
  (await server.api(`/api/executions/${executionId}/email-requests`)).email_requests

test('sends a mail and keeps it with the execution', async () => {
  const answer = await send(
    '{ to = { "a@example.org", "b@example.org" }, bcc = "hidden@example.org", subject = "Grüße", text = "Hello" }'
  )
  const [mail] = mailServer.mails
  assert.deepEqual(
    [mail.from, mail.to],
    ['shop@example.org', ['a@example.org', 'b@example.org', 'hidden@example.org']]
  )
  assert.match(mail.data, /Subject: =\?UTF-8\?/)
  assert.match(mail.data, /\n\nHello/)
  assert.doesNotMatch(mail.data, /hidden@/)
  assert.match(answer.body, /^<.+>$/)
  const [record] = await recordsOf(answer)
  assert.deepEqual(
    [record.status, record.from, record.to, record.subject, record.email_id],
    ['success', 'shop@example.org', ['a@example.org', 'b@example.org'], 'Grüße', answer.body]
  )
})

test('a refused mail is an error for the function, and kept', async () => {
  const answer = await send('{ to = "refused@example.org", subject = "s", text = "t" }')
  assert.match(answer.body, /^error: mail was not sent: .*no such mailbox/)
  const [record] = await recordsOf(answer)
  assert.equal(`error: ${record.error_message}`, answer.body)
})

test('missing fields are named, and nothing is sent', async () => {
  const before = mailServer.mails.length
  assert.equal(
    (await send('{ to = "a@example.org", subject = "s" }')).body,
    'error: either text or html content is required'
  )
  assert.match(
    (
      await server.run(
        'local ok, err = pcall(smtp.send, { subject = "s", text = "t" }) return { body = err }'
      )
    ).body,
    /bad argument #1 to 'smtp\.send' \(field 'to': string or table expected, got nil\)/
  )
  assert.equal(mailServer.mails.length, before)
})

test('a line break in an address or a subject adds no header', async () => {
  await send('{ to = "a@example.org", subject = "s\\r\\nBcc: evil@example.org", text = "t" }')
  const mail = mailServer.mails.at(-1)
  assert.deepEqual(mail.to, ['a@example.org'])
  assert.doesNotMatch(mail.data, /^Bcc:/m)
})

test('without a mail server in the settings the start is refused, and the password never shown', async () => {
  await assert.rejects(
    startMoonlet({ plugins: ['./index.js'] }),
    /SMTP_SERVER \(setting of the plugin 'smtp'\) must be an address/
  )
  await assert.rejects(
    startMoonlet({ plugins: ['./index.js'], settings: { SMTP_SERVER: 'http://user:hunter2@x' } }),
    error => /SMTP_SERVER/.test(error.message) && !/hunter2/.test(error.message)
  )
})
