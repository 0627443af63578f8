/** What a called function gave, as its caller in Lua gets it. */
import { toBytes } from '../../../core/base/binary.js'
import type { Answer, Outcome } from '../../../core/contracts/invocation.js'
import { canonicalHeaderName } from '../../../core/http/header-names.js'
import { faultBody } from '../../../core/http/fault-body.js'

/** As callers by HTTP get it. */
const failure = (outcome: Outcome): Pick<Answer, 'statusCode' | 'headers' | 'body'> => ({
  statusCode: 500,
  headers: { 'Content-Type': 'application/json' },
  body: Buffer.from(faultBody(outcome))
})

export function toResponse(outcome: Outcome) {
  const { executionId, fault } = outcome
  const { statusCode, body, headers } = outcome.answer ?? failure(outcome)
  const all: Record<string, Uint8Array[]> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === 'string' ? [value] : value
    ;(all[canonicalHeaderName(name)] ??= []).push(...values.map(toBytes))
  }
  return {
    statusCode,
    body,
    headers: Object.fromEntries(
      Object.entries(all).flatMap(([name, [first]]) => (first === undefined ? [] : [[name, first]]))
    ),
    headersAll: all,
    executionId,
    error: fault?.message
  }
}
