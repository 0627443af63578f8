/** The function's address that a request was found to be for, kept with the request. */
import type { IncomingMessage } from 'node:http'
import type { CalledAddress } from '../contracts/addresses.js'

const addressKey = Symbol('address')

interface AddressedRequest extends IncomingMessage {
  [addressKey]?: CalledAddress | undefined
}

/** Returns the address. */
export function keepAddress(
  request: AddressedRequest,
  address: CalledAddress | undefined
): CalledAddress | undefined {
  request[addressKey] = address
  return address
}

/** Undefined also when nobody has looked yet. */
export const addressOf = (request: AddressedRequest): CalledAddress | undefined =>
  request[addressKey]

/** A request for a route goes to where its function is called. */
export function routedTarget(request: IncomingMessage): string | undefined {
  const address = addressOf(request)
  return address?.route === undefined ? undefined : `/fn/${address.functionId}`
}
