/** `http`: requests to other servers, through the server's one HTTP client with its limits and address checks. */
import type { OutgoingHttp } from '../../../core/contracts/outgoing-http.js'
import { host, luaModule, param } from '../../../core/lua/module.js'
import { Text } from '../../../core/lua/types/declare.js'
import type { Records } from './record.js'
import { send } from './send.js'
import { HttpReply, bodyOptions, options, url } from './types.js'

const LIMITS =
  'Up to 10 redirects are followed, to another server with none but harmless headers (no `Authorization`, `Cookie` or `X-…`); after 30 seconds, or beyond the size limit of the server, it fails.'
const handled = (call: string, shown: string) =>
  `local reply, err = ${call}\nif not reply then\n  return { statusCode = 502, body = err }\nend\nreturn { statusCode = reply.statusCode, body = ${shown} }`

export function httpModule(http: OutgoingHttp, records: Records) {
  const sending = { http, records }
  const withoutBody = (method: string, doc: string, example: string) =>
    host({
      doc: `${doc} ${LIMITS}`,
      params: [url, options],
      returns: HttpReply,
      fails: true,
      example,
      run: (call, url, options) => send(sending, call, method, url, options)
    })
  const withBody = (method: string, doc: string, example: string) =>
    host({
      doc: `${doc} ${LIMITS}`,
      params: [url, bodyOptions],
      returns: HttpReply,
      fails: true,
      example,
      run: (call, url, options) => send(sending, call, method, url, options)
    })

  return luaModule('http', {
    doc: "Requests to other servers. Any status is a reply; only a request that got none is an error (`nil, message`). Addresses that are not on the public internet are refused unless the server's setting `HTTP_ALLOW_PRIVATE` is on. Method, address and outcome of the first 100 requests are kept with the execution, secrets masked.",
    functions: {
      get: withoutBody(
        'GET',
        'Sends a GET request.',
        handled('http.get("https://api.example.com/items", { query = { page = 2 } })', 'reply.body')
      ),
      delete: withoutBody(
        'DELETE',
        'Sends a DELETE request.',
        handled(
          'http.delete("https://api.example.com/items/1", { headers = { Authorization = "Bearer " .. (env.get("TOKEN") or "") } })',
          '"deleted"'
        )
      ),
      head: withoutBody(
        'HEAD',
        'Sends a HEAD request: the reply has headers and no body.',
        handled('http.head("https://example.com/large.zip")', 'reply.headers["Content-Length"]')
      ),
      post: withBody(
        'POST',
        'Sends a POST request.',
        handled(
          'http.post("https://api.example.com/items", {\n  headers = { ["Content-Type"] = "application/json" },\n  body = json.encode({ name = "lamp" })\n})',
          'reply.body'
        )
      ),
      put: withBody(
        'PUT',
        'Sends a PUT request.',
        handled('http.put("https://api.example.com/items/1", { body = "lamp" })', 'reply.body')
      ),
      patch: withBody(
        'PATCH',
        'Sends a PATCH request.',
        handled('http.patch("https://api.example.com/items/1", { body = "lamp" })', 'reply.body')
      ),
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
    }
  })
}
