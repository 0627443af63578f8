/** Requests and responses of `functions`. */
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

/** Text or a number; anything else is taken for an empty text. */
const Loose = Union(Bytes(), Any)
const LooseValues = Optional(Dict(Union(Bytes(), List(Loose), Any)))

export const target = param('target', Text({ max: 256 }), "The function's slug or id.")

export const request = param(
  'request',
  Optional(
    Fields(
      {
        method: field(Optional(Text({ max: 64 })), '`POST` if left out.'),
        path: field(
          Optional(Text({ max: 8192 })),
          'What the function sees as `event.relativePath`, decoded; `/` if left out.'
        ),
        query: field(LooseValues, 'Query parameters; a list gives several values of a name.'),
        headers: field(
          LooseValues,
          'Headers; a list gives several values of a name. None is added.'
        ),
        body: field(Optional(Loose), 'The body; empty if left out.')
      },
      'FunctionRequest'
    )
  ),
  'What the function gets as its event.'
)

export const FunctionResponse = Fields(
  {
    statusCode: field(Int(), 'The status; 500 when the function failed.'),
    body: field(Bytes(), 'The bytes of the body.'),
    headers: field(
      Dict(Bytes()),
      'The headers by canonical name (`Content-Type`), first value only.'
    ),
    headersAll: field(Dict(List(Bytes())), 'All values of each header.'),
    executionId: field(Text(), 'The execution of the called function, as in its history.'),
    error: field(Optional(Text()), 'Why the function failed; nil when it gave a response.')
  },
  'FunctionResponse'
)
