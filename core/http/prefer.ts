/** The preference of RFC 7240 that makes a call a job: `Prefer: respond-async`. */
import type { IncomingMessage } from 'node:http'

/**
 * Whether the caller wants the call to be kept and run in the background. A HEAD is one as the GET would be; what
 * OPTIONS asks for cannot be told later.
 */
export function wantsJob({ headers, method }: IncomingMessage): boolean {
  const { prefer } = headers
  if (prefer === undefined || method === 'OPTIONS') return false
  const text = typeof prefer === 'string' ? prefer : prefer.join(',')
  return text.split(',').some(preference => isRespondAsync(preference))
}

/** A preference may have a value, and parameters behind semicolons; this one needs none. */
const isRespondAsync = (preference: string): boolean =>
  /^\s*respond-async\s*(?:[;=]|$)/i.test(preference)
