/** Commands of a shell that call a function as its access wants it. They run as they are shown. */
import { shellText } from '../../format/shell-text.js'
import type { AccessForm } from './access-form.js'

/** Names that the commands use themselves. */
const own: readonly string[] = ['body', 'time', 'id', 'key', 'signature']

/** The variable of the shell that holds the secret: called like the function's, where shells allow that. */
export const secretVariable = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !own.includes(name) ? name : 'SECRET'

/** `key`: one that was just made; otherwise its place is shown. */
export function toCommand(address: string, access: AccessForm, key: string): string {
  if (access.mode === 'key') {
    return [
      `key=${shellText(key || 'mfk_…')}`,
      toCurl(address, ['-H "Authorization: Bearer $key"'])
    ].join('\n')
  }
  return access.mode === 'signature' ? toSignedCommand(address, access) : toCurl(address, [])
}

const toCurl = (address: string, options: readonly string[]): string =>
  [`curl ${shellText(address)}`, ...options].join(' \\\n  ')

interface Recipe {
  /** What comes before the signature is computed. */
  readonly before: readonly string[]
  /** What is signed, as a word of the shell. */
  readonly signed: string
  /** The key of the HMAC, as options of openssl. */
  readonly key: string
  readonly algorithm: string
  readonly encoding: string
  /** Headers, as words of the shell. */
  readonly headers: readonly string[]
}

function toSignedCommand(address: string, access: AccessForm): string {
  const { before, signed, key, algorithm, encoding, headers } = toRecipe(access)
  const digest = `openssl dgst -${algorithm} ${key}`
  const text =
    encoding === 'hex' ? `${digest} | sed 's/^.*= *//'` : `${digest} -binary | openssl base64 -A`
  return [
    `body='{"hello":"world"}'`,
    ...before,
    `signature=$(printf '%s' ${signed} | ${text})`,
    toCurl(address, [
      "-H 'Content-Type: application/json'",
      ...headers.map(header => `-H ${header}`),
      '--data-binary "$body"'
    ])
  ].join('\n')
}

const time = 'time=$(date +%s)'

function toRecipe(access: AccessForm): Recipe {
  const secret = secretVariable(access.secret.trim())
  const plain = {
    before: [],
    signed: '"$body"',
    key: `-hmac "$${secret}"`,
    algorithm: 'sha256',
    encoding: 'hex'
  }
  switch (access.preset) {
    case 'stripe':
      return {
        ...plain,
        before: [time],
        signed: '"$time.$body"',
        headers: ['"Stripe-Signature: t=$time,v1=$signature"']
      }
    case 'slack':
      return {
        ...plain,
        before: [time],
        signed: '"v0:$time:$body"',
        headers: ['"X-Slack-Request-Timestamp: $time"', '"X-Slack-Signature: v0=$signature"']
      }
    case 'standard-webhooks':
      return {
        ...plain,
        before: [
          time,
          'id="msg_$time"',
          `key=$(printf '%s' "\${${secret}#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')`
        ],
        signed: '"$id.$time.$body"',
        key: '-mac HMAC -macopt "hexkey:$key"',
        encoding: 'base64',
        headers: [
          '"webhook-id: $id"',
          '"webhook-timestamp: $time"',
          '"webhook-signature: v1,$signature"'
        ]
      }
    case 'generic':
      return {
        ...plain,
        algorithm: access.algorithm,
        encoding: access.encoding,
        headers: [`${shellText(`${access.header.trim()}: ${access.prefix}`)}"$signature"`]
      }
    default:
      return { ...plain, headers: ['"X-Hub-Signature-256: sha256=$signature"'] }
  }
}
