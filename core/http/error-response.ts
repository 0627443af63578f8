/**
 * Every error as the caller sees it: `{"error": text}` with the request's id; what is the server's own fault only in
 * its log.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { MoonletError } from '../base/errors.js'
import { errorBody } from '../connections/error-body.js'
import { limitTexts } from '../base/limit-texts.js'

interface ErrorResponse {
  readonly statusCode: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly details?: object
}

/** Answers with the error. Of what nobody foresaw the caller learns nothing but the id to look for in the log. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  const { statusCode, text, headers, details } = toErrorResponse(error, request)
  if (statusCode === 500) request.log.error({ err: error, reqId: request.id }, 'request failed')
  else request.log.debug({ err: error, reqId: request.id }, 'request refused')
  // Fastify closes the connection of a body that failed, which the caller may notice before the response. The rest of a
  // body is dropped within bounds (connections/received-body.ts).
  reply.removeHeader('connection')
  return reply
    .code(statusCode)
    .headers(headers)
    .header('x-request-id', request.id)
    .type('application/json')
    .send(errorBody(text, details))
}

/** Status and text for any thrown value. */
export function toErrorResponse(error: unknown, request: FastifyRequest): ErrorResponse {
  const unforeseen = { statusCode: 500, text: 'Internal server error', headers: {} }
  if (!(error instanceof Error)) return unforeseen
  if (error instanceof MoonletError) {
    if (error.statusCode === 500) return unforeseen
    return {
      statusCode: error.statusCode,
      text: error.message,
      headers: error.headers,
      details: error.details
    }
  }
  const { code, statusCode } = error as Error & { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { statusCode: 413, text: tooLarge(request), headers: {} }
  }
  if (code === 'FST_ERR_BAD_URL') {
    return {
      statusCode: 400,
      text: 'The path has a broken percent escape; write a literal % as %25',
      headers: {}
    }
  }
  // The caller hung up within its own body; nobody reads this response.
  if (code === 'ECONNRESET') {
    return { statusCode: 400, text: 'The request ended early', headers: {} }
  }
  if (statusCode !== undefined && ((statusCode >= 400 && statusCode < 500) || statusCode === 503)) {
    return { statusCode, text: error.message, headers: {} }
  }
  return unforeseen
}

const tooLarge = (request: FastifyRequest) =>
  limitTexts.bodyTooLarge(
    request.routeOptions.bodyLimit ?? request.server.initialConfig.bodyLimit ?? 0,
    'BODY_LIMIT'
  )
