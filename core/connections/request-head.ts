/** What Node's parser lets pass of a request's head and the server does not. */
import type { IncomingMessage } from 'node:http'
import { MoonletError } from '../base/errors.js'

/** Node keeps this many by itself and silently drops the rest; here more are refused. */
const HEADERS_MAX = 1000

const tooManyHeaders = new MoonletError(
  'HEADERS_TOO_LARGE',
  `The request has more than ${HEADERS_MAX} headers`
)
const noHost = new MoonletError('INVALID_REQUEST', 'The request has no Host header')
const twoHosts = new MoonletError('INVALID_REQUEST', 'The request has more than one Host header')

/**
 * Why the request is refused; undefined: it is not. Two hosts are two opinions about whom a request is for (RFC 9112,
 * section 3.2).
 */
export function headProblem({
  rawHeaders,
  httpVersionMajor,
  httpVersionMinor
}: IncomingMessage): MoonletError | undefined {
  if (rawHeaders.length > 2 * HEADERS_MAX) return tooManyHeaders
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts === 1) return undefined
  if (hosts > 1) return twoHosts
  return httpVersionMajor === 1 && httpVersionMinor === 0 ? undefined : noHost
}
