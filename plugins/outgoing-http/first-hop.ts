/** The first request of a call: the URL taken apart, the headers checked and completed. */
import { isHttpToken } from '../../core/base/http-token.js'
import { CALL_CHAIN_HEADER } from '../../core/http/header-names.js'
import type { OutgoingRequest } from '../../core/contracts/outgoing-http.js'
import type { Hop } from './exchange.js'
import { failures } from './failure.js'
import { parseTarget } from './target.js'

/** The client's own business; what a caller says about them is left out, as most HTTP libraries do. */
const OWN = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'trailer',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  CALL_CHAIN_HEADER
])

export interface FirstHop {
  readonly hop: Hop
  /** The caller left the choice of an encoding to us, so the reply is ours to unpack. */
  readonly unpacks: boolean
}

/** Throws an OutgoingFailure for a bad URL, method, header name or header value. */
export function firstHop(request: OutgoingRequest): FirstHop {
  const { method } = request
  if (!isHttpToken(method) || method === 'CONNECT') throw failures.badMethod(method)
  const target = parseTarget(request.url)
  const headers = checkHeaders(request.headers)
  const has = (name: string) => Object.keys(headers).some(other => other.toLowerCase() === name)
  const unpacks = !has('accept-encoding') && !has('range') && method !== 'HEAD'
  if (unpacks) headers['Accept-Encoding'] = 'gzip'
  if (!has('user-agent')) headers['User-Agent'] = 'Moonlet'
  return { hop: { method, target, headers, body: toBody(request) }, unpacks }
}

function checkHeaders(given: OutgoingRequest['headers']): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!isHttpToken(name)) throw failures.badHeaderName(name)
    const values = typeof value === 'string' ? [value] : [...value]
    if (!values.every(text => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))) {
      throw failures.badHeaderValue(name)
    }
    if (OWN.has(name.toLowerCase()) || values.length === 0) continue
    headers[name] = typeof value === 'string' ? value : values
  }
  return headers
}

function toBody({ method, body }: OutgoingRequest): Uint8Array | undefined {
  if (body === undefined || method === 'HEAD') return undefined
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return bytes.byteLength === 0 ? undefined : bytes
}
