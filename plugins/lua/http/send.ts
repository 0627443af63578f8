/** From the arguments of an `http` function to the outgoing request, and back. */
import { toBytes } from '../../../core/base/binary.js'
import type { OutgoingHttp, OutgoingResponse } from '../../../core/contracts/outgoing-http.js'
import { LuaFailure } from '../../../core/lua/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { looseBytes, looseText } from '../loose-bytes.js'
import { checkHeaders, checkLength, checkParameters } from './limits.js'
import { withQuery } from './query.js'
import { recorded, type Records } from './record.js'

export interface HttpOptions {
  readonly headers: Readonly<Record<string, unknown>> | undefined
  readonly query: Readonly<Record<string, unknown>> | undefined
  readonly body?: unknown
}

export interface Sending {
  readonly http: OutgoingHttp
  readonly records: Records
}

/** Performs the request; a failure of the outside world, of whatever kind, and a limit become `nil, message`. */
export async function send(
  { http, records }: Sending,
  call: HostCall,
  method: string,
  url: string,
  options: HttpOptions | undefined
) {
  checkLength(url.length)
  checkHeaders(options?.headers ?? {})
  const request = {
    method,
    url: addressOf(url, options?.query ?? {}),
    headers: mapValues(options?.headers ?? {}, value =>
      Array.isArray(value) ? value.map(looseText) : looseText(value)
    ),
    body: looseBytes(options?.body),
    signal: call.signal
  }
  const reply = await recorded(records, call, request, () => http.request(request)).catch(
    (error: unknown) => {
      throw new LuaFailure(error instanceof Error ? error.message : 'the request failed', {
        cause: error
      })
    }
  )
  return toLua(reply)
}

function addressOf(url: string, query: Readonly<Record<string, unknown>>): string {
  const added = Object.entries(query).map(([name, value]) => [name, looseBytes(value)] as const)
  checkParameters(url, added.length)
  // Before it is encoded, which makes it no shorter.
  checkLength(added.reduce((sum, [name, value]) => sum + name.length + value.length, url.length))
  const address = withQuery(url, added)
  checkLength(address.length)
  return address
}

const toLua = ({ statusCode, body, headers, headersAll }: OutgoingResponse) => ({
  statusCode,
  body,
  headers: mapValues(headers, toBytes),
  headersAll: mapValues(headersAll ?? mapValues(headers, value => [value]), values =>
    values.map(toBytes)
  )
})

const mapValues = <T, R>(
  of: Readonly<Record<string, T>>,
  map: (value: T) => R
): Record<string, R> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, map(value)]))
