/** Why a start on PostgreSQL failed, in one sentence that says what to do and never a password. */
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import { codeOf } from './db/failure.js'

export function toStartFailure(error: unknown, address: DatabaseAddress): MoonletError {
  if (error instanceof MoonletError && error.code !== 'DATABASE_UNAVAILABLE') return error
  const cause = error instanceof MoonletError ? (error.cause ?? error) : error
  return new MoonletError('STORAGE_FAILED', describe(cause, address), { cause })
}

function describe(error: unknown, { hosts, user, database, sslMode }: DatabaseAddress): string {
  const where = hosts.map(({ host, port }) => `${host}:${port}`).join(', ')
  const message = error instanceof Error ? oneLine(error) : String(error)
  switch (codeOf(error)) {
    case '28P01':
      return `The database at ${where} refuses the password of the user "${user}": set the right one in DATABASE_URL.`
    case '28000':
      return `The database at ${where} does not let "${user}" in (${message}): check DATABASE_URL and pg_hba.conf.`
    case '3D000':
      return `There is no database "${database}" at ${where}: create it, or name another one in DATABASE_URL.`
    case '42501':
      return (
        `The user "${user}" has not the rights that Moonlet needs in the database "${database}" (${message}): ` +
        'make it the owner of the database, or grant it CREATE on the schema.'
      )
    case '57014':
      return (
        `The database at ${where} does not answer in time: somebody keeps its tables locked. ` +
        'If that is "moonlet migrate" or "moonlet rotate-secrets", wait for its end.'
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The database's host in DATABASE_URL has no address (${message}): check its name.`
    case 'ECONNREFUSED':
      return `Nothing takes connections at ${where}: start PostgreSQL there, or correct DATABASE_URL.`
    default:
      if (message.includes('does not support SSL')) {
        return `The database at ${where} offers no TLS, which sslmode=${sslMode} in DATABASE_URL demands.`
      }
      return `The database at ${where} cannot be used: ${message}.`
  }
}

/** Errors of several attempts have no message of their own. */
function oneLine(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined
  const message = error.message === '' && inner instanceof Error ? inner.message : error.message
  return message.replace(/\s+/g, ' ').replace(/\.$/, '')
}
