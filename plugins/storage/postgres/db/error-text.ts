/** What an error of PostgreSQL, of a socket or of TLS says: its code and its text. */

interface Coded {
  readonly code?: unknown
}

/** '' for one that has none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && typeof (error as Coded).code === 'string'
    ? ((error as Coded).code as string)
    : ''

/** Errors of several attempts have no message of their own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined
  const message = error.message === '' && inner instanceof Error ? inner.message : error.message
  return message.replace(/\s+/g, ' ').replace(/\.$/, '')
}
