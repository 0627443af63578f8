/** Options and replies of `http`. */
import { param } from '../../../core/lua/module.js'
import {
  Any,
  Bytes,
  Dict,
  Fields,
  Int,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'

/** Text or a number; anything else is taken for an empty text. */
const Loose = Union(Bytes(), Any)

const headers = field(
  Optional(Dict(Loose)),
  "Header names and values. `Host` and what describes the connection or the body's length is set by the server."
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
    )
  },
  'HttpReply'
)
