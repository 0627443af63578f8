/** What the caller of a function gets, by CONTRACT section 6. */
import type { FastifyReply } from 'fastify'
import { faultBody } from '../../../core/http/fault-body.js'
import type { Outcome } from '../../../core/contracts/invocation.js'
import { setAnswerHeaders, type ResponseRules } from './answer-headers.js'
import { contentTypeOf } from './content-type.js'

export interface Sending extends ResponseRules {
  /** The Content-Security-Policy that keeps a function's page apart from the dashboard; undefined: none is needed. */
  readonly sandboxPolicy: string | undefined
}

/** Answers with what the handler returned. */
export function sendOutcome(reply: FastifyReply, outcome: Outcome, sending: Sending): FastifyReply {
  reply.header('x-function-id', outcome.functionId)
  reply.header('x-function-version-id', outcome.versionId)
  reply.header('x-execution-id', outcome.executionId)
  reply.header('x-execution-duration-ms', String(outcome.durationMs))
  const { answer } = outcome
  if (answer === undefined) return sendFault(reply, outcome)
  setAnswerHeaders(reply, answer, sending)
  if (!reply.hasHeader('content-type')) reply.header('content-type', contentTypeOf(answer.body))
  if (sending.sandboxPolicy !== undefined) addPolicy(reply, sending.sandboxPolicy)
  setStatus(reply, answer.statusCode)
  if (answer.statusCode === 204 || answer.statusCode === 304) {
    reply.removeHeader('content-type')
    return reply.send()
  }
  return reply.send(answer.body)
}

const sendFault = (reply: FastifyReply, outcome: Outcome): FastifyReply =>
  reply.code(500).type('application/json').send(faultBody(outcome))

/**
 * As the handler says, up to 999, where Fastify ends at 599. 1xx cannot be the last word of an answer: a client would
 * wait for another one, and 101 would end the connection's HTTP. Such a handler's caller sees 200, like the
 * reference's.
 */
function setStatus(reply: FastifyReply, statusCode: number): void {
  reply.code(200)
  if (statusCode >= 200) reply.raw.statusCode = statusCode
}

/** A handler's own policy is kept; the browser enforces both. */
function addPolicy(reply: FastifyReply, policy: string): void {
  const own = reply.getHeader('content-security-policy')
  reply.header(
    'content-security-policy',
    own === undefined ? policy : [own, policy].flat().join(', ')
  )
}
