/** Why a start on PostgreSQL failed, in one sentence that says what to do and never a password. */
import { showHost, type DatabaseAddress, type DatabaseHost } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import { codeOf, messageOf } from './db/error-text.js'
import { mayNot, NoServer } from './db/failure.js'
import { describeTlsFailure, isNoAnswerAboutTls } from './db/tls-failure.js'

export function toStartFailure(error: unknown, address: DatabaseAddress): MoonletError {
  // What failed later than at the first statement has words of its own, unless that is for the same reason.
  if (
    error instanceof MoonletError &&
    error.code !== 'DATABASE_UNAVAILABLE' &&
    !mayNot(error.cause)
  ) {
    return error
  }
  const cause = error instanceof MoonletError ? (error.cause ?? error) : error
  return new MoonletError('STORAGE_FAILED', describeAll(cause, address), { cause })
}

/** One sentence; of several servers one for each way in which they fail. */
function describeAll(error: unknown, address: DatabaseAddress): string {
  if (!(error instanceof NoServer)) return describe(error, address.hosts, address)
  const kinds = new Map<string, { hosts: DatabaseHost[]; error: unknown }>()
  for (const { host, error: one } of error.failures) {
    const kind = codeOf(one) === '' ? messageOf(one) : codeOf(one)
    const known = kinds.get(kind)
    if (known === undefined) kinds.set(kind, { hosts: [host], error: one })
    else known.hosts.push(host)
  }
  return Array.from(kinds.values(), ({ hosts, error: one }) => describe(one, hosts, address)).join(
    ' '
  )
}

function describe(
  error: unknown,
  hosts: readonly DatabaseHost[],
  address: DatabaseAddress
): string {
  const where = hosts.map(showHost).join(', ')
  return (
    describeRefusal(error, where, address) ??
    describeAbsence(error, where) ??
    describeTlsFailure(error, where, address) ??
    `The database at ${where} cannot be used: ${messageOf(error)}.`
  )
}

/** A server that answers, and says no. */
function describeRefusal(
  error: unknown,
  where: string,
  { user, database, sslMode }: DatabaseAddress
): string | undefined {
  const message = messageOf(error)
  switch (codeOf(error)) {
    case '28P01':
      return `The database at ${where} refuses the password of the user "${user}": set the right one in DATABASE_URL.`
    case '28000': {
      const isForTls = message.includes('no encryption') && sslMode === 'disable'
      const remedy = isForTls ? 'ask for TLS by sslmode=require in' : 'check'
      return (
        `The database at ${where} does not let "${user}" in (${message}): ` +
        `${remedy} DATABASE_URL${isForTls ? ', or check' : ' and'} pg_hba.conf.`
      )
    }
    case '3D000':
      return `There is no database "${database}" at ${where}: create it, or name another one in DATABASE_URL.`
    case '42501':
    case '3F000':
      return (
        `The user "${user}" has not the rights that Moonlet needs in the database "${database}" (${message}): ` +
        'make it the owner of the database and of its tables, or grant it CREATE on the schema.'
      )
    case '25006':
      return (
        `The database at ${where} takes no writes, as a replica does: ` +
        'name the server that does in DATABASE_URL, or both, of which the right one is found.'
      )
    case '42704':
      return `What answers at ${where} is older than PostgreSQL 13, or no PostgreSQL (${message}): use a newer one.`
    case '08P01':
      return (
        `What answers at ${where} takes no settings of connections (${message}), as a pooler does: ` +
        'name the database itself in DATABASE_URL, or let the pooler ignore them (ignore_startup_parameters=options).'
      )
    case '53300':
      return (
        `The database at ${where} has no connection left (${message}): ` +
        'raise that limit (max_connections, or of the user), or lower DATABASE_POOL of its servers.'
      )
    case '53100':
      return `The disk of the database at ${where} is full (${message}): free some space there.`
    case '57014':
      return (
        `The database at ${where} does not answer in time: somebody keeps its tables locked. ` +
        'If that is "moonlet migrate" or "moonlet rotate-secrets", wait for its end.'
      )
    default:
      if (!/^SASL: .*password must be/.test(message)) return undefined
      return `The database at ${where} asks for the password of the user "${user}", and DATABASE_URL has none.`
  }
}

/** Nobody answers, or somebody who is no database. */
function describeAbsence(error: unknown, where: string): string | undefined {
  const message = messageOf(error)
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The database's host in DATABASE_URL has no address (${message}): check its name.`
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Nothing takes connections at ${where}: start PostgreSQL there, or correct DATABASE_URL.`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'ETIMEDOUT':
      return `There is no way to ${where} (${message}): check the network, or correct DATABASE_URL.`
    default:
  }
  if (message === 'timeout expired') {
    return `What is at ${where} does not answer in time: check the network, or correct DATABASE_URL.`
  }
  if (isNoAnswerAboutTls(error) || /terminated|ECONNRESET/.test(message)) {
    return (
      `What is at ${where} does not answer as PostgreSQL does (${message}): ` +
      'check host and port in DATABASE_URL.'
    )
  }
  return undefined
}
