/** What the caller of a function gets, by BEHAVIOUR section 6. */
import type { FastifyReply } from 'fastify'
import { errorBody } from '../../../core/api/error-body.js'
import type { Answer, Outcome } from '../../../core/contracts/invocation.js'

/** Headers that describe the connection or the framing; those are the server's to set. */
const framing = new Set(['connection', 'content-length', 'date', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade'])

/**
 * Answers with what the handler returned. `sandboxPolicy` is the Content-Security-Policy that keeps a
 * function's page apart from the dashboard; undefined where the function's settings lift it.
 */
export function sendOutcome (reply: FastifyReply, outcome: Outcome, sandboxPolicy: string | undefined): FastifyReply {
  reply.header('x-function-id', outcome.functionId)
  reply.header('x-function-version-id', outcome.versionId)
  reply.header('x-execution-id', outcome.executionId)
  reply.header('x-execution-duration-ms', String(outcome.durationMs))
  const { answer } = outcome
  if (answer === undefined) return sendFault(reply, outcome)
  reply.header('content-type', 'application/json')
  setHeaders(reply, answer)
  if (sandboxPolicy !== undefined) addPolicy(reply, sandboxPolicy)
  // 1xx cannot be the last word of an answer; like the reference, such a handler's caller sees 200.
  reply.code(answer.statusCode < 200 ? 200 : answer.statusCode)
  if (answer.statusCode === 204 || answer.statusCode === 304) {
    reply.removeHeader('content-type')
    return reply.send()
  }
  return reply.send(answer.body)
}

function sendFault (reply: FastifyReply, outcome: Outcome): FastifyReply {
  const error = outcome.fault?.kind === 'bad-answer' ? 'Internal server error' : 'Function execution failed'
  return reply.code(500).type('application/json').send(errorBody(error))
}

function setHeaders (reply: FastifyReply, { headers }: Answer): void {
  for (const name in headers) {
    const value = headers[name]
    const lower = name.toLowerCase()
    if (value === undefined || framing.has(lower)) continue
    reply.header(lower, typeof value === 'string' ? value : [...value])
  }
}

/** A handler's own policy is kept; the browser enforces both. */
function addPolicy (reply: FastifyReply, policy: string): void {
  const own = reply.getHeader('content-security-policy')
  reply.header('content-security-policy', own === undefined ? policy : [own, policy].flat().join(', '))
}
