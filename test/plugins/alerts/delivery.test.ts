/** Messages in the shapes of those who take them. */
import t from 'tap'
import type { AlertMessage, WebhookFormat } from '../../../core/contracts/alerts.js'
import { Mailer } from '../../../plugins/alerts/mail.js'
import { sendWebhook } from '../../../plugins/alerts/webhook.js'
import { startMailServer, startReceiver } from './receivers.js'

const message = (change: Partial<AlertMessage> = {}): AlertMessage => ({
  alert: { id: 'a', name: 'shop' },
  on: 'failure',
  status: 'firing',
  title: '"shop" failed ☾',
  text: 'no <!channel> & @everyone',
  function_id: 'f',
  function_name: 'shop',
  execution_id: 'e',
  count: 1,
  since: 5,
  at: 6,
  url: 'http://localhost/functions/f/executions/e',
  ...change
})

t.test('webhooks get what their services take', async t => {
  const receiver = await startReceiver(t)
  const send = async (format: WebhookFormat, headers = {}, change = {}) => {
    const target = { kind: 'webhook', url: `${receiver.url}/hook?k=1`, format, headers } as const
    await sendWebhook(target, message(change))
    return receiver.received.at(-1)!
  }
  const plain = await send('json', { Authorization: 'Bearer x' })
  t.match(plain, {
    method: 'POST',
    path: '/hook?k=1',
    headers: { 'content-type': 'application/json', authorization: 'Bearer x' }
  })
  t.same(plain.json, message())
  t.same((await send('slack')).json, {
    text: '"shop" failed ☾\nno &lt;!channel&gt; &amp; @everyone\nhttp://localhost/functions/f/executions/e'
  })
  const discord = await send('discord', {}, { text: 'x'.repeat(5000) })
  t.equal(discord.json.content.length, 2000)
  t.same(discord.json.allowed_mentions, { parse: [] })
  const ntfy = await send('ntfy')
  t.equal(ntfy.text, 'no <!channel> & @everyone')
  t.match(ntfy.headers, {
    title: `=?UTF-8?B?${Buffer.from('"shop" failed ☾').toString('base64')}?=`,
    priority: 'high',
    tags: 'warning',
    click: 'http://localhost/functions/f/executions/e'
  })
  t.match((await send('ntfy', {}, { title: 'plain', text: '', status: 'ok' })).headers, {
    title: 'plain',
    tags: 'white_check_mark'
  })
})

t.test('a webhook that does not take it is a failure in words without its address', async t => {
  const receiver = await startReceiver(t)
  const send = (url: string) =>
    sendWebhook({ kind: 'webhook', url, format: 'json', headers: {} }, message())
  for (const status of [302, 400, 404, 500]) {
    receiver.status = status
    await t.rejects(send(`${receiver.url}/secret`), { message: `the webhook answered ${status}` })
  }
  t.equal(receiver.received.length, 4, 'a redirect is not followed')
  const error = await send('http://127.0.0.1:1/secret').catch((reason: unknown) => reason)
  t.match((error as Error).message, /^the webhook cannot be reached \(\w+\)$/)
})

t.test('mail goes to everybody named, and says what a mail of a machine says', async t => {
  const server = await startMailServer(t)
  const mailer = new Mailer({ SMTP_URL: server.url, MAIL_FROM: 'Moonlet <moonlet@example.org>' })
  await mailer.send({ kind: 'mail', to: ['ada@example.com', 'bob@example.com'] }, message())
  const [mail] = server.mails
  t.match(mail, { from: 'moonlet@example.org', to: ['ada@example.com', 'bob@example.com'] })
  t.match(mail?.data, /^Auto-Submitted: auto-generated$/m)
  t.match(mail?.data, /^X-Moonlet-Alert: a$/m)
  t.match(mail?.data, /^Subject: =\?UTF-8\?/m)
  t.match(mail?.data, /http:\/\/localhost\/functions\/f\/executions\/e/)
})

t.test('mail that cannot be sent says why, without user and password', async t => {
  const server = await startMailServer(t)
  const send = (
    SMTP_URL: string | undefined,
    to: string,
    MAIL_FROM: string | undefined = 'a@b.c'
  ) => new Mailer({ SMTP_URL, MAIL_FROM }).send({ kind: 'mail', to: [to] }, message())
  await t.rejects(send(server.url, 'refused@example.com'), {
    message: 'the mail server answered 550 no such mailbox'
  })
  await t.rejects(send('smtp://user:hidden@127.0.0.1:1', 'a@b.c'), {
    message: /^the mail server cannot be reached \(\w+\)$/
  })
  await t.rejects(send(undefined, 'a@b.c'), { message: 'mail needs the setting SMTP_URL' })
  t.equal(
    new Mailer({ SMTP_URL: server.url, MAIL_FROM: undefined }).problem,
    'mail needs the setting MAIL_FROM'
  )
})
