/** Why a server could not be reached, in one sentence that says what to do. */

interface Fault {
  readonly code?: unknown
  readonly message?: string
  readonly cause?: unknown
}

/** What OpenSSL and Node say of a connection that is not trusted. */
const distrust: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority that is not known here'
}

const broken: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Is the server running, and the port right?',
  ENOTFOUND: 'there is no such host. Is the URL right, and this machine online?',
  EAI_AGAIN: 'the name of the host cannot be looked up. Is this machine online?',
  ENETUNREACH: 'no network leads there. Is this machine online?',
  EHOSTUNREACH: 'no network leads there. Is this machine online?',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it did not answer in time'
}

export function toReason(url: string, error: unknown): string {
  const { code, message } = innermost(error)
  if (distrust[code] !== undefined) {
    return (
      `${url} is not trusted: ${distrust[code]}. Where that authority is your own, name its ` +
      'certificate in NODE_EXTRA_CA_CERTS.'
    )
  }
  if (/^(ERR_SSL_|EPROTO)/.test(code)) {
    return `${url} does not speak TLS there (${code}). Does its URL begin with http://?`
  }
  if (code.startsWith('HPE_')) {
    return `${url} does not speak HTTP there. Does its URL begin with https://?`
  }
  if (code === 'TimeoutError') return `${url} cannot be reached: it did not answer in time`
  if (message === 'bad port') {
    return `${url} cannot be reached: ports such as this one belong to other protocols, and fetch refuses them`
  }
  const why = broken[code] ?? (message === '' ? code : message)
  return `${url} cannot be reached: ${why}`
}

/** Errors of fetch carry what happened as their cause; of several addresses, the first counts. */
function innermost(error: unknown): { code: string; message: string } {
  let fault = error as Fault & { readonly errors?: readonly Fault[]; readonly name?: string }
  for (let depth = 0; depth < 5 && fault.cause instanceof Error; depth++) fault = fault.cause
  const [first] = fault.errors ?? []
  const { code, message = '' } = first ?? fault
  return { code: typeof code === 'string' ? code : (fault.name ?? ''), message }
}
