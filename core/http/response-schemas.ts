/** The parts that every route's description shares. */
import { Type, type TObject } from 'typebox'
import { limitExamples } from '../base/limit-texts.js'

/** Any error, of any route. */
export const ErrorResponse = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, and what to do about it.' })
  },
  { title: 'Error' }
)

const causes = {
  400: 'The request is not acceptable; the text says why.',
  401: 'No valid key or session.',
  403: 'The scopes or functions of the token, or the page that the caller comes from, do not allow it.',
  404: 'There is no such thing.',
  408: 'The body did not arrive within REQUEST_TIMEOUT.',
  409: 'Not possible in the present state.',
  412: 'It is not in the state that If-Match names.',
  413: 'The body is larger than BODY_LIMIT.',
  429: 'Too many attempts; `Retry-After` says for how many seconds to wait.',
  500: 'A fault of the server; its log has more under the id in `X-Request-Id`.',
  507: 'No room for it in a quota; the text says in which.',
  503: 'Too busy, or stopping; `Retry-After` says for how many seconds to wait.'
} as const

export type ErrorStatus = keyof typeof causes

/**
 * The error responses of a route. `examples` gives a text for a status where that helps; a status without one is
 * described by its cause alone.
 */
export function errorResponses<const S extends Partial<Record<ErrorStatus, string>>>(
  examples: S
): Record<keyof S & ErrorStatus, TObject<{ error: ReturnType<typeof Type.String> }>> {
  return Object.fromEntries(
    Object.entries(examples).map(([status, text]) => [
      status,
      {
        ...ErrorResponse,
        'x-response-description': causes[Number(status) as ErrorStatus],
        examples: [{ error: text }]
      }
    ])
  ) as unknown as ReturnType<typeof errorResponses<S>>
}

/** What every route that needs authentication may answer besides its own. */
export const commonErrors = errorResponses({
  401: 'Authentication required',
  429: 'Too many wrong keys from this address; try again in 30 seconds',
  500: 'Internal server error',
  503: limitExamples.noRoom
})

/** A response without a body. */
export const NoContent = (description: string) =>
  Type.Unsafe<undefined>({ type: 'null', 'x-response-description': description })

/** What every route that changes something may answer besides its own. */
export const changeErrors = {
  ...commonErrors,
  ...errorResponses({
    403: 'A page of another origin cannot act with this session; use Authorization: Bearer with the API key'
  })
}

/** What every route that looks at `If-Match` and reads no body may answer besides its own. */
export const conditionErrors = errorResponses({
  400: 'If-Match: If-Match must be * or a list of entity tags such as "x"'
})

/** What every route that reads a body may answer besides its own. */
export const bodyErrors = {
  ...changeErrors,
  ...errorResponses({
    400: 'Invalid request body',
    408: limitExamples.requestTooSlow,
    413: limitExamples.bodyTooLarge
  })
}
