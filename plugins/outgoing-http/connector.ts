/**
 * Opens connections to checked addresses only. The check sits in the name lookup that the connection itself uses,
 * so the address that was checked is the one that is connected to: a name that resolves differently a moment
 * later (DNS rebinding) gains nothing. Literal addresses, which need no lookup, are checked before.
 */
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { failures } from './failure.js'

const CONNECT_TIMEOUT_MS = 10_000

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number
) => void
/** As `dns.lookup`, always asked for all addresses. */
export type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void
) => void

export interface ConnectorOptions {
  /** Whether a connection to this IP address may be opened. */
  readonly isAllowed: (address: string) => boolean
  /** Name resolution; the system's unless given. */
  readonly lookup?: Lookup
}

export function createConnector({
  isAllowed,
  lookup = systemLookup
}: ConnectorOptions): buildConnector.connector {
  /** In the form `net.connect` wants; private ones among several addresses are left out. */
  function checkedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const [refused] = addresses
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (first === undefined) {
        return callback(failures.privateAddress(hostname, refused?.address ?? hostname), '')
      }
      return options.all === true
        ? callback(null, allowed)
        : callback(null, first.address, first.family)
    })
  }

  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: checkedLookup })
  return (options, callback) => {
    const address = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(address) !== 0 && !isAllowed(address)) {
      return callback(failures.privateAddress(address, address), null)
    }
    return connect(options, callback)
  }
}
