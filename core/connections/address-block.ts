/** Addresses of callers, as they are counted. */
import ipaddr from 'ipaddr.js'

/** One text for what one party can easily change: of IPv6 the network (64 bits), IPv4 in either notation. */
export function toAddressBlock(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.')
}
