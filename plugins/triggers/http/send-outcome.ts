/** What the caller of a function gets, by CONTRACT section 6. */
import type { FastifyReply } from 'fastify'
import { faultBody } from '../../../core/http/fault-body.js'
import type {
  AnswerHead,
  Outcome,
  RanExecution,
  StreamHead
} from '../../../core/contracts/invocation.js'
import { setAnswerHeaders, type ResponseRules } from './answer-headers.js'
import { contentTypeOf } from './content-type.js'

export interface Sending extends ResponseRules {
  /** The Content-Security-Policy that keeps a function's page apart from the dashboard; undefined: none is needed. */
  readonly sandboxPolicy: string | undefined
}

/** Answers with what the handler returned. */
export function sendOutcome(reply: FastifyReply, outcome: Outcome, sending: Sending): FastifyReply {
  setExecution(reply, outcome)
  const { answer } = outcome
  if (answer === undefined) return sendFault(reply, outcome)
  setHead(reply, answer, sending)
  if (!reply.hasHeader('content-type')) reply.header('content-type', contentTypeOf(answer.body))
  if (answer.statusCode === 204 || answer.statusCode === 304) {
    reply.removeHeader('content-type')
    return reply.send()
  }
  return reply.send(answer.body)
}

/** Status and headers of an answer whose body follows; its Content-Type is the handler's, or missing. */
export function setStreamHead(reply: FastifyReply, head: StreamHead, sending: Sending): void {
  setIds(reply, head)
  setHead(reply, head, sending)
}

/** Of a run that took place, whatever its caller gets. */
export function setExecution(reply: FastifyReply, ran: RanExecution): void {
  setIds(reply, ran)
  reply.header('x-execution-duration-ms', String(ran.durationMs))
}

function setIds(
  reply: FastifyReply,
  { functionId, versionId, executionId }: Omit<RanExecution, 'durationMs'>
): void {
  reply.header('x-function-id', functionId)
  reply.header('x-function-version-id', versionId)
  reply.header('x-execution-id', executionId)
}

function setHead(reply: FastifyReply, head: AnswerHead, sending: Sending): void {
  setAnswerHeaders(reply, head, sending)
  if (sending.sandboxPolicy !== undefined) addPolicy(reply, sending.sandboxPolicy)
  setStatus(reply, head.statusCode)
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
