import { errorBody } from '../connections/error-body.js'
import type { Outcome } from '../contracts/invocation.js'

/** What the caller of a function that gave no response gets as a body, with status 500. */
export function faultBody({ fault }: Pick<Outcome, 'fault'>): string {
  const error = fault?.kind === 'bad-answer' ? 'Internal server error' : 'Function execution failed'
  return errorBody(error, raisedFields(fault))
}

/** What a function raised as a table with a code is meant for its caller; the texts are masked already. */
const raisedFields = (fault: Outcome['fault']): object =>
  fault?.code === undefined ? {} : { code: fault.code, message: fault.message }
