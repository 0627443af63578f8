/** Errors of PostgreSQL as errors of the server. */
import { MoonletError } from '../../../../core/base/errors.js'
import { showHost, type DatabaseHost } from '../../../../config/database-url.js'
import { codeOf, messageOf } from './error-text.js'
import { hasNoTls, isTlsFailure } from './tls-failure.js'

/** PostgreSQL's code for a server or a database that is only read. */
const READ_ONLY = '25006'

/** Two transactions stood in each other's way: one of them is to be done again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error))

/** A right is missing, or on the schema, so that there seems to be none; or nobody may write there. */
export const mayNot = (error: unknown): boolean =>
  ['42501', '3F000', READ_ONLY].includes(codeOf(error))

/** The address, the name or the rights are wrong, or it is no such server: waiting does not help. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NoServer) return error.failures.every(({ error }) => isRefusal(error))
  return (
    /^(?:28|3D000|42501|42704|08P01|0A|ENOTFOUND$)/.test(codeOf(error)) ||
    isTlsFailure(error) ||
    hasNoTls(error)
  )
}

/** Of several servers none can be used. */
export class NoServer extends Error {
  constructor(
    readonly failures: ReadonlyArray<{ readonly host: DatabaseHost; readonly error: unknown }>
  ) {
    const texts = failures.map(({ host, error }) => `${showHost(host)}: ${messageOf(error)}`)
    super(texts.join('; '))
  }
}

/** A replica, or a server that was told to be only read. */
export class TakesNoWrites extends Error {
  readonly code = READ_ONLY

  constructor() {
    super('it takes no writes')
  }
}

/**
 * The server is not there, shuts down, takes no more connections, is no primary any more, or is too slow. Errors of
 * sockets and of `pg` itself have no code of five signs.
 */
export function isAway(error: unknown): boolean {
  if (error instanceof MoonletError) return error.code === 'DATABASE_UNAVAILABLE'
  if (error instanceof NoServer) return true
  const code = codeOf(error)
  if (/^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')) {
    return /^(?:08|57P0|57014|53300|25006|25P03)/.test(code)
  }
  return (
    error instanceof Error &&
    (code !== '' || /connection|timeout|terminated|queryable/i.test(error.message))
  )
}

/** Raised by refuse_late_end. */
const LATE_END = 'ML002'

/** What is written anew finds no room; what is there can still be written over. */
export const isDiskFull = (error: unknown): boolean => codeOf(error) === '53100'

/** The connection is of no use any more; a statement that took too long leaves it as it is. */
export const isGone = (error: unknown): boolean => isAway(error) && codeOf(error) !== '57014'

const INTERRUPTED =
  'the server was cut off from the database for so long that this execution is recorded as interrupted'

const advice: readonly [prefix: string, text: string][] = [
  ['53100', 'The disk of the database is full: free some space.'],
  ['53200', 'The database has no memory left.'],
  ['42501', 'Give the user of DATABASE_URL the right to do that.'],
  ['XX001', 'The database is damaged: restore a backup.'],
  ['54000', 'The value is too large for the database (1 GB).']
]

/** STORAGE_FAILED, DATABASE_UNAVAILABLE or EXECUTION_ENDED; an error that has a code of ours already stays as it is. */
export function toStorageError(error: unknown): MoonletError {
  if (error instanceof MoonletError) return error
  const message = messageOf(error)
  if (isAway(error)) return unavailable(message, error)
  const code = codeOf(error)
  if (code === LATE_END) return new MoonletError('EXECUTION_ENDED', INTERRUPTED, { cause: error })
  const text = advice.find(([prefix]) => code.startsWith(prefix))?.[1] ?? (code && `Code ${code}.`)
  return new MoonletError('STORAGE_FAILED', `The database failed: ${message}. ${text}`.trimEnd(), {
    cause: error
  })
}

export const unavailable = (reason: string, cause?: unknown): MoonletError =>
  new MoonletError('DATABASE_UNAVAILABLE', `The database is away: ${reason}. Try again later.`, {
    cause,
    headers: { 'Retry-After': '5' }
  })

export const closedError = (): MoonletError =>
  new MoonletError('STORAGE_FAILED', 'The database is closed: the server is stopping.')
