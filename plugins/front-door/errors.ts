/** What refused callers are told. Those that are the same each time are made once: there may be thousands a second. */
import { MoonletError } from '../../core/base/errors.js'

/** The words that an unknown function has. */
export const notThere = new MoonletError('NOT_FOUND', 'Function not found')

export const noKey = new MoonletError(
  'UNAUTHORIZED',
  'This function needs one of its keys, as Authorization: Bearer mfk_… or X-Function-Key',
  { headers: { 'www-authenticate': 'Bearer realm="function"' } }
)

export const noSignature = new MoonletError(
  'UNAUTHORIZED',
  'This function needs a signature, which is missing, wrong or too old',
  { headers: { 'www-authenticate': 'Signature realm="function"' } }
)

export const isRunning = new MoonletError('CONFLICT', 'This delivery is being handled', {
  headers: { 'retry-after': '5' }
})

export const tooManyAtOnce = new MoonletError(
  'TOO_MANY_CALLS',
  'Too many calls of this function are in progress (max_concurrency)',
  { headers: { 'retry-after': '1' } }
)

export const overLimit = (headers: Record<string, string>): MoonletError =>
  new MoonletError('RATE_LIMITED', 'Too many calls of this function (rate_limit)', { headers })

export const tooLarge = (limit: number): MoonletError =>
  new MoonletError(
    'BODY_TOO_LARGE',
    `The request body is larger than the ${limit} bytes that this function takes (body_limit)`
  )
