/** Options and replies of `http`. */
import { param } from '../../../core/lua/module.js'
import {
  Any,
  Bytes,
  Dict,
  Fields,
  Int,
  List,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'
import { Loose } from '../loose-bytes.js'

const headers = field(
  Optional(Dict(Union(Bytes(), List(Loose), Any))),
  'Header names and values; a list sends a header several times. `Host` and what describes the ' +
    "connection or the body's length is set by the server."
)
const query = field(
  Optional(Dict(Loose)),
  'Query parameters, added to those in the URL and encoded.'
)

export const url = param(
  'url',
  Text(),
  'An http:// or https:// address. User and password in it become Basic authentication.'
)

export const options = param(
  'options',
  Optional(Fields({ headers, query }, 'HttpOptions')),
  'Headers and query parameters.'
)

export const bodyOptions = param(
  'options',
  Optional(
    Fields(
      {
        headers,
        query,
        body: field(Optional(Loose), 'What to send; no Content-Type is added.')
      },
      'HttpBodyOptions'
    )
  ),
  'Headers, query parameters and body.'
)

export const HttpReply = Fields(
  {
    statusCode: field(Int(), 'The status; 404 or 500 are replies, not errors.'),
    body: field(
      Bytes(),
      'The bytes of the reply; unpacked if it came as gzip and you did not ask for an encoding.'
    ),
    headers: field(
      Dict(Bytes()),
      "The reply's headers by canonical name (`Content-Type`), first value only."
    ),
    headersAll: field(Dict(List(Bytes())), 'All values of each header, such as of `Set-Cookie`.')
  },
  'HttpReply'
)

/** Requests of one `http.batch`. */
export const MAX_BATCH = 20

export const batchRequests = param(
  'requests',
  List(
    Fields(
      {
        method: field(Optional(Text({ max: 64 })), '`GET` if left out.'),
        url: field(Text(), 'An http:// or https:// address.'),
        headers,
        query,
        body: field(Optional(Loose), 'What to send; no Content-Type is added.')
      },
      'HttpBatchRequest'
    )
  ),
  `The requests, at most ${MAX_BATCH}.`
)

export const BatchReplies = List(
  Fields(
    {
      statusCode: field(Optional(Int()), 'The status; nil when there is no reply.'),
      body: field(Optional(Bytes()), 'As of other requests.'),
      headers: field(Optional(Dict(Bytes())), 'As of other requests.'),
      headersAll: field(Optional(Dict(List(Bytes()))), 'As of other requests.'),
      error: field(Optional(Text()), 'Why there is no reply.')
    },
    'HttpBatchReply'
  )
)
