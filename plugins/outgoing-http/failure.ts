/** Every message of the HTTP client, in words for the person whose function called it. */

/** A failed request; the message is fit for people and names no internals. */
class OutgoingFailure extends Error {
  override name = 'OutgoingFailure'
}

/** The other side closed a connection that was kept from an earlier request, before any byte of the reply. */
export class StaleConnection extends OutgoingFailure {
  override name = 'StaleConnection'
}

export const failures = {
  badUrl: (url: string, why: string) => new OutgoingFailure(`invalid URL ${quote(url)}: ${why}`),
  badScheme: (scheme: string) =>
    new OutgoingFailure(`unsupported scheme '${scheme}': use http or https`),
  badHeaderName: (name: string) => new OutgoingFailure(`invalid header name ${quote(name)}`),
  badHeaderValue: (name: string) =>
    new OutgoingFailure(
      `invalid value of header ${quote(name)}: line breaks and control characters are not allowed`
    ),
  badMethod: (method: string) => new OutgoingFailure(`invalid method ${quote(method)}`),
  badLocation: (location: string) =>
    new OutgoingFailure(`the reply redirects to an invalid address ${quote(location)}`),
  privateAddress: (host: string, address: string) =>
    new OutgoingFailure(
      `${host === address ? host : `${host} (${address})`} is not a public address; ` +
        'the setting HTTP_ALLOW_PRIVATE=true of the server allows calling it'
    ),
  tooManyRedirects: (limit: number) =>
    new OutgoingFailure(`too many redirects: stopped after ${limit}`),
  tooLarge: (host: string, limit: number) =>
    new OutgoingFailure(
      `the reply of ${host} is larger than ${limit} bytes (setting RESPONSE_LIMIT)`
    ),
  tooSlow: (host: string, ms: number) =>
    new OutgoingFailure(`no complete reply of ${host} within ${ms / 1000} s`),
  notCompressed: (host: string, encoding: string) =>
    new OutgoingFailure(`the reply of ${host} is not valid ${encoding}`),
  ended: () =>
    new OutgoingFailure(
      'the execution, or the one that called it, ended before the reply was complete'
    ),
  stopping: () => new OutgoingFailure('the server is stopping')
}

/** Turns what Node or undici reported about a connection to `host` into a message for people. */
export function toFailure(error: unknown, host: string): Error {
  if (error instanceof OutgoingFailure || !(error instanceof Error)) {
    return error instanceof Error ? error : new OutgoingFailure(`request to ${host} failed`)
  }
  const code = 'code' in error ? String(error.code) : ''
  return new OutgoingFailure(describe(code, error, host), { cause: error })
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** The connection ended although nobody here wanted that. */
export const isClosedConnection = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CLOSED.has(String(error.code))

function describe(code: string, error: Error, host: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `connection refused by ${host}`
    case 'ENOTFOUND':
      return `unknown host ${host}`
    case 'EAI_AGAIN':
      return `unknown host ${host}: the name server does not answer`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} cannot be reached`
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `no connection to ${host} in time`
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection before its reply was complete`
    case 'UND_ERR_HEADERS_OVERFLOW':
      return `the reply of ${host} has too many headers`
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return `the reply of ${host} is not as long as it says`
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return failures.stopping().message
    default:
      break
  }
  if (error.name === 'HTTPParserError') return `${host} did not answer in valid HTTP`
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return `no secure connection to ${host}: ${error.message}`
  }
  return `request to ${host} failed: ${error.message === '' ? code : error.message}`
}

/** The text as people may see it: short and on one line. */
const quote = (text: string) => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)
