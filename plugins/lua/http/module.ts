/** `http`: requests to other servers, through the server's one HTTP client with its limits and address checks. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { Text } from '../../../core/lua/types/declare.js'
import { MAX_HEADERS, MAX_PARAMETERS, MAX_URL } from './limits.js'
import type { Records } from './record.js'
import { send } from './send.js'
import { batchFunction } from './batch.js'
import { HttpReply, bodyOptions, options, url } from './types.js'

const LIMITS =
  'Up to 10 redirects are followed, to another server with none but harmless headers (no ' +
  '`Authorization`, `Cookie` or `X-…`); after 30 seconds, or beyond the size limit of the ' +
  `server, it fails, and so it does with more than ${MAX_URL / 1024} KiB of address, ${MAX_PARAMETERS} ` +
  `query parameters or ${MAX_HEADERS} headers.`
const handled = (call: string, shown: string) =>
  `local reply, err = ${call}\n` +
  `if not reply then\n` +
  `  return { statusCode = 502, body = err }\n` +
  `end\n` +
  `return { statusCode = reply.statusCode, body = ${shown} }`

interface Sending {
  readonly http: OutgoingHttp
  readonly records: Records
}

const withoutBody = (sending: Sending, method: string, doc: string, example: string) =>
  host({
    doc: `${doc} ${LIMITS}`,
    params: [url, options],
    returns: HttpReply,
    fails: true,
    example,
    run: (call, url, options) => send(sending, call, method, url, options)
  })

const withBody = (sending: Sending, method: string, doc: string, example: string) =>
  host({
    doc: `${doc} ${LIMITS}`,
    params: [url, bodyOptions],
    returns: HttpReply,
    fails: true,
    example,
    run: (call, url, options) => send(sending, call, method, url, options)
  })

const readingFunctions = (sending: Sending) => ({
  get: withoutBody(
    sending,
    'GET',
    'Sends a GET request.',
    handled('http.get("https://api.example.com/items", { query = { page = 2 } })', 'reply.body')
  ),
  delete: withoutBody(
    sending,
    'DELETE',
    'Sends a DELETE request.',
    handled(
      'http.delete("https://api.example.com/items/1", { headers = { Authorization = "Bearer " .. ' +
        '(env.get("TOKEN") or "") } })',
      '"deleted"'
    )
  ),
  head: withoutBody(
    sending,
    'HEAD',
    'Sends a HEAD request: the reply has headers and no body.',
    handled('http.head("https://example.com/large.zip")', 'reply.headers["Content-Length"]')
  )
})

const writingFunctions = (sending: Sending) => ({
  post: withBody(
    sending,
    'POST',
    'Sends a POST request.',
    handled(
      'http.post("https://api.example.com/items", {\n' +
        '  headers = { ["Content-Type"] = "application/json" },\n' +
        '  body = json.encode({ name = "lamp" })\n' +
        '})',
      'reply.body'
    )
  ),
  put: withBody(
    sending,
    'PUT',
    'Sends a PUT request.',
    handled('http.put("https://api.example.com/items/1", { body = "lamp" })', 'reply.body')
  ),
  patch: withBody(
    sending,
    'PATCH',
    'Sends a PATCH request.',
    handled('http.patch("https://api.example.com/items/1", { body = "lamp" })', 'reply.body')
  )
})

const anyMethod = (sending: Sending) => ({
  request: host({
    doc: `Sends a request with any method. ${LIMITS}`,
    params: [
      param('method', Text({ max: 64 }), 'Such as `PROPFIND`; sent as written.'),
      url,
      bodyOptions
    ],
    returns: HttpReply,
    fails: true,
    example: handled(
      'http.request("OPTIONS", "https://api.example.com/")',
      'reply.headers["Allow"]'
    ),
    run: (call, method, url, options) => send(sending, call, method, url, options)
  })
})

export function httpModule(http: OutgoingHttp, records: Records) {
  const sending = { http, records }
  return luaModule('http', {
    doc:
      'Requests to other servers. Any status is a reply; only a request that got none is an error ' +
      '(`nil, message`). Addresses that are not on the public internet are refused unless the ' +
      "server's setting `HTTP_ALLOW_PRIVATE` is on. Method, address and outcome of the first 100 " +
      'requests are kept with the execution, secrets masked.',
    functions: {
      ...readingFunctions(sending),
      ...writingFunctions(sending),
      ...anyMethod(sending),
      batch: batchFunction(sending)
    }
  })
}
