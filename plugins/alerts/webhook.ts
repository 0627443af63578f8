/** Messages as webhooks of well-known services take them. */
import { request } from 'undici'
import type { AlertMessage, WebhookTarget } from '../../core/contracts/alerts.js'

const TIMEOUT_MS = 10_000
/** Discord takes no more. */
const DISCORD_CHARACTERS = 2000

interface Payload {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends it to wherever the operator has said, the inner network too. Rejects with an Error in words for people, which
 * does not name the address: that is a secret.
 */
export async function sendWebhook(target: WebhookTarget, message: AlertMessage): Promise<void> {
  const { headers, body } = payloads[target.format](message)
  const { statusCode } = await post(target, headers, body).catch((error: unknown) => {
    throw new Error(describe(error))
  })
  if (statusCode < 200 || statusCode > 299) throw new Error(`the webhook answered ${statusCode}`)
}

/** Redirects are not followed. */
async function post(target: WebhookTarget, headers: Payload['headers'], body: string) {
  const response = await request(target.url, {
    method: 'POST',
    headers: { 'user-agent': 'moonlet', ...headers, ...target.headers },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS)
  })
  await response.body.dump()
  return response
}

function describe(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `the webhook did not answer within ${TIMEOUT_MS / 1000} seconds`
  }
  const { code } = error as { code?: unknown }
  return `the webhook cannot be reached (${String(code ?? 'network error')})`
}

const json = (value: unknown): Payload => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value)
})

const lines = ({ title, text, url }: AlertMessage): string =>
  [title, text, url].filter(line => line !== '').join('\n')

const payloads: Readonly<Record<WebhookTarget['format'], (message: AlertMessage) => Payload>> = {
  json,
  slack: message => json({ text: slackText(message) }),
  discord: message =>
    json({
      content: lines(message).slice(0, DISCORD_CHARACTERS),
      // What a function raised calls nobody.
      allowed_mentions: { parse: [] }
    }),
  ntfy: message => ({
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      Title: encodeWord(message.title),
      Priority: message.status === 'firing' ? 'high' : 'default',
      Tags: { firing: 'warning', ok: 'white_check_mark', test: 'test_tube' }[message.status],
      Click: URL.parse(message.url)?.href ?? ''
    },
    body: message.text === '' ? message.title : message.text
  })
}

/** Slack has three characters that mean something, and `<!channel>` among what they make. */
const slackText = (message: AlertMessage): string =>
  lines(message).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A header of any text, by RFC 2047. */
const encodeWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
