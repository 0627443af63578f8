/**
 * Which addresses are on the public internet. Everything else (loopback, private, link-local with the cloud's
 * metadata service, carrier-grade NAT, multicast, documentation, tunnels to any of these) is refused to functions.
 * The ranges are those of the IANA special-purpose registries, as ipaddr.js lists them.
 */
import ipaddr from 'ipaddr.js'

/** True for an address of the public internet; `address` is any text form of an IPv4 or IPv6 address. */
export function isPublicAddress (address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  return parsed instanceof ipaddr.IPv4 ? parsed.range() === 'unicast' : isPublicIPv6(parsed)
}

function isPublicIPv6 (address: ipaddr.IPv6): boolean {
  const inside = embeddedIPv4(address)
  if (inside !== undefined) return inside.range() === 'unicast'
  const isGlobalUnicast = ((address.parts[0] ?? 0) & 0xe000) === 0x2000
  return isGlobalUnicast && address.range() === 'unicast'
}

/** The IPv4 address that is really reached: mapped (::ffff:a.b.c.d) and NAT64 (64:ff9b::a.b.c.d, RFC 6052). */
function embeddedIPv4 (address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const isNat64 = address.parts.slice(0, 6).every((part, i) => part === [0x64, 0xff9b, 0, 0, 0, 0][i])
  if (!isNat64 && !address.isIPv4MappedAddress()) return undefined
  return new ipaddr.IPv4(address.toByteArray().slice(12))
}
