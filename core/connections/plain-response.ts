/** An error response written with Node alone, for requests that Fastify never sees. */
import type { ServerResponse } from 'node:http'
import { corsHeaders } from './cors-headers.js'
import { errorBody } from './error-body.js'
import type { MoonletError } from '../base/errors.js'

interface Prepared {
  readonly text: string
  readonly headers: readonly string[]
}

/** Prepared once for each error: under overload or attack the same one is sent thousands of times a second. */
const prepared = new WeakMap<MoonletError, Prepared>()

function prepare(error: MoonletError): Prepared {
  const text = errorBody(error.message)
  const own = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text))
  }
  const made = {
    text,
    headers: Object.entries({ ...corsHeaders, ...error.headers, ...own }).flat()
  }
  prepared.set(error, made)
  return made
}

export function sendPlainError(
  response: ServerResponse,
  error: MoonletError,
  requestId: string
): void {
  const { text, headers } = prepared.get(error) ?? prepare(error)
  response.writeHead(error.statusCode, [...headers, 'x-request-id', requestId])
  response.end(text)
}
