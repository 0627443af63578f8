/** Requests and responses of `functions`. */
import { MAX_DELAY_MS, MAX_IDEMPOTENCY_KEY } from '../../../core/contracts/jobs.js'
import { param } from '../../../core/lua/module.js'
import {
  Any,
  Bytes,
  Dict,
  Fields,
  Int,
  List,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'
import { Loose } from '../loose-bytes.js'

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

export const enqueueOptions = param(
  'options',
  Optional(
    Fields(
      {
        delay: field(
          Optional(Num({ min: 0, max: MAX_DELAY_MS / 1000 })),
          'Seconds after which it is due; at once if left out.'
        ),
        at: field(
          Optional(Num({ min: 0 })),
          'Unix seconds at which it is due, in place of `delay`; at once when that is past.'
        ),
        idempotency_key: field(
          Optional(Text({ max: MAX_IDEMPOTENCY_KEY })),
          'For 24 hours the same key gives the same job of that function, and makes no other.'
        )
      },
      'EnqueueOptions'
    )
  ),
  'When it is due, and a key against doubles.'
)

export const FunctionJob = Fields(
  {
    id: field(Text(), "The job's id."),
    function_id: field(Text(), 'The function that it calls.'),
    status: field(
      Text(),
      '`queued`, `running`, `waiting` (for another attempt), `succeeded`, `dead` (failed for good) or `cancelled`.'
    ),
    attempt: field(Int(), 'Its newest attempt; 0 before the first.'),
    created_at: field(Int(), 'When it was made, Unix seconds.'),
    due_at: field(Int(), 'When its first or next attempt may begin, Unix seconds.'),
    finished_at: field(Optional(Int()), 'When it ended, Unix seconds; nil before.'),
    execution_id: field(Optional(Text()), 'The execution of its newest attempt.'),
    status_code: field(Optional(Int()), 'What its newest attempt answered.'),
    error: field(Optional(Text()), 'What was wrong with its newest attempt.')
  },
  'FunctionJob'
)
