/** How a connection is secured, and what is tried when the server wants it otherwise: as libpq does. */
import type pg from 'pg'
import type { DatabaseAddress, DatabaseHost } from '../../../../config/database-url.js'
import { codeOf } from './error-text.js'
import { hasNoTls } from './tls-failure.js'

/** As `pg` takes it; false: not at all. */
export type Tls = Exclude<pg.ClientConfig['ssl'], undefined>

/** `open` once, or, where `sslmode` leaves it open, with and without TLS: what the server lets in. */
export async function openSecured<T>(
  address: DatabaseAddress,
  host: DatabaseHost,
  open: (tls: Tls) => Promise<T>
): Promise<T> {
  const [first, second] = waysOf(address, host)
  try {
    return await open(first)
  } catch (error) {
    if (second === undefined || !wantsOther(error)) throw error
    return await open(second).catch((other: unknown) => {
      // That there is no TLS was no reason yet.
      throw wantsOther(other) && !hasNoTls(error) ? error : other
    })
  }
}

function waysOf({ sslMode, certificates }: DatabaseAddress, { host }: DatabaseHost): [Tls, Tls?] {
  if (sslMode === 'disable' || host.startsWith('/')) return [false]
  const tls = {
    ...certificates,
    // As libpq does: who names an authority wants it to be checked.
    rejectUnauthorized: sslMode.startsWith('verify') || certificates.ca !== undefined,
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined })
  } as Tls
  if (sslMode === 'allow') return [false, tls]
  return sslMode === 'prefer' ? [tls, false] : [tls]
}

/** The server has no TLS, or its pg_hba.conf has no line for such a connection. */
const wantsOther = (error: unknown): boolean => codeOf(error) === '28000' || hasNoTls(error)
