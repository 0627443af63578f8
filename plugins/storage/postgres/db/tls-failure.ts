/** Why a connection could not be secured, and what to do about it. */
import type { DatabaseAddress } from '../../../../config/database-url.js'
import { codeOf, messageOf } from './error-text.js'

/** `pg` has no code for it. */
export const hasNoTls = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('does not support SSL')

/** What answered the question for TLS is no PostgreSQL. */
export const isNoAnswerAboutTls = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('error establishing an SSL connection')

const UNKNOWN_AUTHORITY =
  /^(?:UNABLE_TO_(?:VERIFY|GET)_\w+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|INVALID_CA)$/
const CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|CRL_)/
const HANDSHAKE = /^(?:ERR_SSL_|EPROTO$)/

/** The connection cannot be secured as it was asked for: another try fails as well. */
export const isTlsFailure = (error: unknown): boolean =>
  [UNKNOWN_AUTHORITY, CERTIFICATE, HANDSHAKE].some(codes => codes.test(codeOf(error)))

/** Of the certificate of the database at `where`; undefined for an error of something else. */
export function describeTlsFailure(
  error: unknown,
  where: string,
  { certificates, sslMode }: DatabaseAddress
): string | undefined {
  if (hasNoTls(error)) {
    return `The database at ${where} offers no TLS, which sslmode=${sslMode} in DATABASE_URL demands.`
  }
  const code = codeOf(error)
  const message = messageOf(error)
  if (UNKNOWN_AUTHORITY.test(code)) {
    const remedy =
      certificates.ca === undefined
        ? 'which Node.js does not know: name the file of that authority as sslrootcert in DATABASE_URL'
        : 'which is none of sslrootcert in DATABASE_URL: name the file of the right one'
    return `The certificate of the database at ${where} is of an authority (${message}) ${remedy}.`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = namesOf(error as NamedCertificate)
    return (
      `The certificate of the database at ${where} is for ${names}: name it so in DATABASE_URL, ` +
      'or ask for less than sslmode=verify-full.'
    )
  }
  if (CERTIFICATE.test(code)) {
    return `The certificate of the database at ${where} does not hold (${message}): renew it there.`
  }
  if (!HANDSHAKE.test(code)) return undefined
  if (/alert.*(?:certificate|unknown ca)/i.test(message)) {
    return (
      `The database at ${where} does not take the certificate in sslcert of DATABASE_URL ` +
      `(${reasonOf(message)}): name one of an authority in its ssl_ca_file.`
    )
  }
  return `The database at ${where} and Moonlet agree on no TLS (${reasonOf(message)}).`
}

interface NamedCertificate {
  readonly cert?: {
    readonly subjectaltname?: string
    readonly subject?: { readonly CN?: string | readonly string[] }
  }
}

function namesOf({ cert }: NamedCertificate): string {
  const own = cert?.subjectaltname?.replaceAll(/DNS:|IP Address:/g, '')
  return own ?? String(cert?.subject?.CN ?? 'another host')
}

/** OpenSSL's words without where in its source they are from. */
const reasonOf = (message: string): string =>
  /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.trim()
