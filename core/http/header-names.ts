/** Names of headers: their usual form, and those by which only the server speaks to functions. */
import { isHttpToken } from '../base/http-token.js'

/**
 * The usual form of a header's name: `x-my-header` becomes `X-My-Header`. A name with characters that no header
 * name has stays as it is.
 */
export function canonicalHeaderName(name: string): string {
  if (!isHttpToken(name)) return name
  return name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase())
}

/**
 * Headers by which the server itself speaks to functions: who has called (`X-Trigger`, `X-Cron-…`, the calling
 * execution), and how deep in calls of functions by functions it is. From outside they are never believed, and never
 * passed on.
 */
export function isServersOwnHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return (
    lower === 'x-trigger' ||
    lower.startsWith('x-cron-') ||
    lower === CALL_CHAIN_HEADER ||
    lower === CALLER_EXECUTION_HEADER.toLowerCase()
  )
}

/** Carries how functions have called each other by HTTP; see core/http/call-chain.ts. */
export const CALL_CHAIN_HEADER = 'x-moonlet-chain'

/** Names the execution that called by `functions.call`. */
export const CALLER_EXECUTION_HEADER = 'X-Moonlet-Caller-Execution-Id'

/** Headers of a request that was made outside, without those that only the server may set. */
export function withoutServersOwnHeaders(
  headers: Readonly<Record<string, string>>
): Record<string, string> {
  const kept: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    if (!isServersOwnHeader(name)) kept[name] = value
  }
  return kept
}
