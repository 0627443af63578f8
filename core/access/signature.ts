/**
 * Signed calls, as senders of webhooks make them: an HMAC over the body as it was sent, mostly together with the time
 * and an id. What the headers say is checked first, so that hardly any forged call has its body read.
 *
 * Nothing here throws because of what a caller sends: a malformed signature is an invalid one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SignatureAccess } from '../contracts/front-door.js'
import { readBase64, readHex } from './digest-text.js'
import { readSecrets } from './signing-secrets.js'

/** How far the time of a signed call may be from the server's, in seconds, either way. All providers name this one. */
const SIGNATURE_TOLERANCE_SECONDS = 300

/** What the headers of a call claim. */
export interface SignatureClaim {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  /** One of them must be right: while a secret is rotated, senders sign with the old one and the new one. */
  readonly digests: readonly Buffer[]
  /** What is signed before the body, as a binary string. */
  readonly prefix: string
  /** The id of the delivery, where it is part of what is signed before the body. */
  readonly id: string | undefined
}

/** Undefined: the headers are missing or malformed, or their time is too far from `nowSeconds`. */
export function readSignatureClaim(
  access: SignatureAccess,
  headers: IncomingHttpHeaders,
  nowSeconds: number
): SignatureClaim | undefined {
  switch (access.preset) {
    case 'github':
      return readGithub(headers)
    case 'stripe':
      return readStripe(headers, nowSeconds)
    case 'slack':
      return readSlack(headers, nowSeconds)
    case 'standard-webhooks':
      return readStandard(headers, nowSeconds)
    case 'generic': {
      const text = textOf(headers, access.header.toLowerCase())
      if (text?.startsWith(access.prefix) !== true) return undefined
      const { algorithm } = access
      const read = access.encoding === 'hex' ? readHex : readBase64
      const digest = read(text.slice(access.prefix.length), digestBytes[algorithm])
      return digest === undefined ? undefined : { ...bodyOnly, algorithm, digests: [digest] }
    }
  }
}

/** Compares in constant time; how many secrets and signatures there are may show. */
export function isSignedBy(
  { preset }: SignatureAccess,
  secret: string,
  claim: SignatureClaim,
  body: Uint8Array
): boolean {
  let isRight = false
  for (const key of readSecrets(preset, secret)) {
    const hmac = createHmac(claim.algorithm, key).update(claim.prefix, 'latin1')
    const expected = hmac.update(body).digest()
    for (const digest of claim.digests) {
      if (timingSafeEqual(digest, expected)) isRight = true
    }
  }
  return isRight
}

const digestBytes = { sha1: 20, sha256: 32, sha512: 64 } as const
const SHA256_BYTES = digestBytes.sha256
const bodyOnly = { algorithm: 'sha256', prefix: '', id: undefined } as const

/** `X-Hub-Signature-256: sha256={hex}` over the body. The id of a delivery is not signed. */
function readGithub(headers: IncomingHttpHeaders): SignatureClaim | undefined {
  const [, hex = ''] = /^sha256=(.+)$/.exec(textOf(headers, 'x-hub-signature-256') ?? '') ?? []
  const digest = readHex(hex, SHA256_BYTES)
  return digest === undefined ? undefined : { ...bodyOnly, digests: [digest] }
}

/** `Stripe-Signature: t={seconds},v1={hex},v1={hex}` over `{t}.{body}`; elements of other names are for others. */
function readStripe(headers: IncomingHttpHeaders, now: number): SignatureClaim | undefined {
  const times: string[] = []
  const digests: Buffer[] = []
  for (const element of (textOf(headers, 'stripe-signature') ?? '').split(',')) {
    const [, name, value = ''] = /^\s*(\w+)=(\S+)\s*$/.exec(element) ?? []
    if (name === 't') times.push(value)
    const digest = name === 'v1' ? readHex(value, SHA256_BYTES) : undefined
    if (digest !== undefined) digests.push(digest)
  }
  const [time = ''] = times
  if (times.length !== 1 || digests.length === 0 || !isTimely(time, now)) return undefined
  return { ...bodyOnly, digests, prefix: `${time}.` }
}

/** `X-Slack-Signature: v0={hex}` over `v0:{seconds}:{body}`, the time being in a header of its own. */
function readSlack(headers: IncomingHttpHeaders, now: number): SignatureClaim | undefined {
  const time = textOf(headers, 'x-slack-request-timestamp') ?? ''
  const [, hex = ''] = /^v0=(.+)$/.exec(textOf(headers, 'x-slack-signature') ?? '') ?? []
  const digest = readHex(hex, SHA256_BYTES)
  if (digest === undefined || !isTimely(time, now)) return undefined
  return { ...bodyOnly, digests: [digest], prefix: `v0:${time}:` }
}

/**
 * `webhook-signature: v1,{base64} v1,{base64}` over `{webhook-id}.{webhook-timestamp}.{body}`. Signatures of other
 * versions (`v1a` is no HMAC) are for others.
 */
function readStandard(headers: IncomingHttpHeaders, now: number): SignatureClaim | undefined {
  const id = textOf(headers, 'webhook-id') ?? ''
  const time = textOf(headers, 'webhook-timestamp') ?? ''
  const digests = (textOf(headers, 'webhook-signature') ?? '').split(' ').flatMap(signature => {
    const [version, base64 = ''] = signature.split(',', 2)
    const digest = version === 'v1' ? readBase64(base64, SHA256_BYTES) : undefined
    return digest === undefined ? [] : [digest]
  })
  if (id === '' || digests.length === 0 || !isTimely(time, now)) return undefined
  return { ...bodyOnly, digests, prefix: `${id}.${time}.`, id }
}

const isTimely = (seconds: string, now: number): boolean =>
  /^\d{1,12}$/.test(seconds) && Math.abs(now - Number(seconds)) <= SIGNATURE_TOLERANCE_SECONDS

/** A header that came several times counts as Node joins it. */
function textOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return typeof value === 'string' ? value : value?.join(', ')
}
