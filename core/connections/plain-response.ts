/** An error response written with Node alone, for requests that Fastify never sees. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { addressOf } from './called-address.js'
import { corsHeaders, corsHeadersOf } from './cors-headers.js'
import { errorBody } from './error-body.js'
import type { MoonletError } from '../base/errors.js'

interface Prepared {
  readonly text: string
  readonly headers: readonly string[]
}

/** Prepared once for each error: under overload or attack the same one is sent thousands of times a second. */
const prepared = new WeakMap<MoonletError, Prepared>()

function prepare(error: MoonletError): Prepared {
  const made = render(error, corsHeaders)
  prepared.set(error, made)
  return made
}

function render(error: MoonletError, cors: OutgoingHttpHeaders): Prepared {
  const text = errorBody(error.message)
  const own = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text))
  }
  const headers = Object.entries({ ...cors, ...error.headers, ...own })
  return { text, headers: headers.map(([name, value]) => [name, String(value)]).flat() }
}

export function sendPlainError(
  response: ServerResponse,
  error: MoonletError,
  requestId: string
): void {
  const cors = addressOf(response.req)?.cors
  const { text, headers } =
    cors === undefined
      ? (prepared.get(error) ?? prepare(error))
      : render(error, corsHeadersOf(cors, response.req))
  response.writeHead(error.statusCode, [...headers, 'x-request-id', requestId])
  response.end(text)
}
