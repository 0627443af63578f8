/** Who may call a function, where, how often and how much, as the API describes it. */
import { Type } from 'typebox'
import {
  accessModes,
  rateLimitSubjects,
  signatureAlgorithms,
  signatureEncodings,
  signaturePresets,
  defaultRetry,
  type Cors as CorsValue,
  type FunctionLimits,
  type RetryPolicy,
  type Route as RouteValue
} from '../../../core/contracts/front-door.js'
import { retryBounds } from '../../../core/validation/front-door/retry.js'
import { MAX_ROUTES } from '../../../core/validation/front-door/addresses.js'

const Access = Type.Object(
  {
    mode: Type.Enum([...accessModes], {
      description:
        '`public`: everybody. `key`: who has one of its keys, in `Authorization: Bearer …` or `X-Function-Key`. ' +
        '`signature`: who signs the body. `internal`: by HTTP only other functions of this server.'
    }),
    preset: Type.Optional(
      Type.Enum([...signaturePresets], {
        description: 'Whose signatures: their header, form and tolerance of time (5 minutes).'
      })
    ),
    secret: Type.Optional(
      Type.String({ description: 'Name of the environment variable that holds the secret.' })
    ),
    header: Type.Optional(
      Type.String({ description: '`generic`: the header that carries the signature.' })
    ),
    algorithm: Type.Optional(Type.Enum([...signatureAlgorithms])),
    encoding: Type.Optional(Type.Enum([...signatureEncodings])),
    prefix: Type.Optional(
      Type.String({ description: '`generic`: what precedes the signature in its header.' })
    )
  },
  { title: 'Access', description: 'Who may call it; absent: everybody.' }
)

const Route = Type.Object(
  {
    pattern: Type.String({
      description:
        'A path with `:parameter`, at most 5 between two slashes, and a final `*`. One that is alone there may have ' +
        'its characters or its words behind it: `/item/:id(\\d+)`, `/photo/:size(small|large)`.'
    }),
    methods: Type.Optional(Type.Array(Type.String())),
    host: Type.Optional(Type.String({ description: 'Absent: wherever functions are served.' }))
  },
  { title: 'Route' }
)

const Cors = Type.Unsafe<CorsValue>(
  Type.Union(
    [
      Type.Literal('function'),
      Type.Object({
        origins: Type.Array(Type.String()),
        headers: Type.Optional(Type.Array(Type.String())),
        credentials: Type.Optional(Type.Boolean()),
        max_age: Type.Optional(Type.Integer({ description: 'Seconds.' }))
      })
    ],
    {
      title: 'Cors',
      description: 'What pages of other origins may do; `function` leaves that to the function.'
    }
  )
)

const RateLimit = Type.Object(
  {
    requests: Type.Integer(),
    seconds: Type.Integer(),
    by: Type.Enum([...rateLimitSubjects], {
      description: 'Whose calls are counted together: of an address, of a key, or all.'
    })
  },
  { title: 'RateLimit', description: 'Calls in a time; beyond, the answer is 429.' }
)

const retryNumber = (name: keyof RetryPolicy, description: string) =>
  Type.Number({
    minimum: retryBounds[name].min,
    maximum: retryBounds[name].max,
    default: defaultRetry[name],
    description
  })

const Retry = Type.Object(
  {
    max_attempts: retryNumber('max_attempts', 'In all, with the first.'),
    first_delay_seconds: retryNumber('first_delay_seconds', 'Before the second attempt.'),
    factor: retryNumber('factor', 'By which each further delay is longer.'),
    max_delay_seconds: retryNumber('max_delay_seconds', 'Of a delay at most.'),
    jitter: retryNumber('jitter', 'By which part a delay may be shorter or longer.')
  },
  {
    title: 'Retry',
    description: 'When jobs of it are tried again; absent: the defaults hold.'
  }
)

const limitTexts: Readonly<Record<keyof FunctionLimits, string>> = {
  max_concurrency:
    'Calls over HTTP and jobs at once; beyond, the answer to calls is 429, and jobs wait.',
  timeout_seconds: 'Longest run; at most `EXECUTION_TIMEOUT`, which holds when absent.',
  memory_mb: 'MiB of memory of a run; at most `SANDBOX_MEMORY_MB`, which holds when absent.',
  body_limit: 'Bytes of a request body; at most `BODY_LIMIT`, which holds when absent.',
  kv_bytes: 'Room for stored values, in place of `KV_LIMIT_PER_FUNCTION`; at most `KV_LIMIT`.',
  history_bytes:
    'Room for executions, in place of `HISTORY_LIMIT_PER_FUNCTION`; at most `HISTORY_LIMIT`.'
}

const slugText = 'Its name in `/fn/{slug}`, unique: up to 63 of `a-z`, `0-9` and `-`.'
const routesText = `Its other addresses, at most ${MAX_ROUTES}.`

const limit = (name: keyof FunctionLimits) =>
  Type.Optional(Type.Integer({ description: limitTexts[name] }))

/** As answers have them: those that are set. */
export const frontDoorSchemas = {
  slug: Type.Optional(Type.String({ description: slugText })),
  access: Type.Optional(Access),
  routes: Type.Optional(
    Type.Unsafe<readonly RouteValue[]>(Type.Array(Route, { description: routesText }))
  ),
  route_problems: Type.Optional(
    Type.Array(
      Type.Object({
        pattern: Type.String(),
        host: Type.Optional(Type.String()),
        problem: Type.String({ description: 'Why the pattern would be refused today.' })
      }),
      {
        description:
          'Routes by which nothing is answered: an earlier version stored them. Absent when there are none.'
      }
    )
  ),
  cors: Type.Optional(Cors),
  rate_limit: Type.Optional(RateLimit),
  retry: Type.Optional(Retry),
  max_concurrency: limit('max_concurrency'),
  timeout_seconds: limit('timeout_seconds'),
  memory_mb: limit('memory_mb'),
  body_limit: limit('body_limit'),
  kv_bytes: limit('kv_bytes'),
  history_bytes: limit('history_bytes')
}

export const frontDoorExample = {
  slug: 'hello',
  access: { mode: 'key' },
  rate_limit: { requests: 60, seconds: 60, by: 'caller' },
  timeout_seconds: 10
}

/** A value that the field's own check reads, which says what is wrong with it. */
const checked = (description: string, example: unknown, cleared: string) =>
  Type.Optional(
    Type.Unknown({ description: `${description} ${cleared} clears it.`, examples: [example] })
  )

/** As a change takes them. */
export const frontDoorChange = {
  slug: Type.Optional(Type.String({ description: `${slugText} Empty to clear it.` })),
  access: checked(
    'Who may call it: `{"mode":"public"}`, `{"mode":"key"}`, `{"mode":"internal"}` or `{"mode":"signature"}` with ' +
      '`preset` and `secret`, and for `generic` `header`, `algorithm`, `encoding` and `prefix`.',
    { mode: 'signature', preset: 'github', secret: 'WEBHOOK_SECRET' },
    '`{}`'
  ),
  routes: checked(routesText, [{ pattern: '/shop/:item', methods: ['GET'] }], '`[]`'),
  cors: checked(
    'What pages of other origins may do: `{"origins":[…],"headers"?,"credentials"?,"max_age"?}` or `"function"`.',
    { origins: ['https://shop.example.org'] },
    '`{}`'
  ),
  rate_limit: checked(
    'Calls in a time: `{"requests","seconds","by"}` with `by` one of `ip` (the default), `caller` and `function`.',
    { requests: 60, seconds: 60, by: 'ip' },
    '`{}`'
  ),
  retry: checked(
    'When jobs of it are tried again: ' +
      '`{"max_attempts","first_delay_seconds","factor","max_delay_seconds","jitter"}`; ' +
      'what is missing takes its default. With it, runs by the schedule are jobs too.',
    { max_attempts: 8, first_delay_seconds: 5 },
    '`{}`'
  ),
  max_concurrency: checked(limitTexts.max_concurrency, 4, '`0`'),
  timeout_seconds: checked(limitTexts.timeout_seconds, 10, '`0`'),
  memory_mb: checked(limitTexts.memory_mb, 64, '`0`'),
  body_limit: checked(limitTexts.body_limit, 65_536, '`0`'),
  kv_bytes: checked(limitTexts.kv_bytes, 67_108_864, '`0`'),
  history_bytes: checked(limitTexts.history_bytes, 67_108_864, '`0`')
}
