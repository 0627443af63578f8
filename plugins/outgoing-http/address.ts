/**
 * Which addresses are on the public internet. Everything else (loopback, private, link-local with the cloud's
 * metadata service, carrier-grade NAT, multicast, documentation, tunnels to any of these) is refused to functions.
 * The ranges are those of the IANA special-purpose registries, as ipaddr.js lists them; and those that are public by
 * number only, because a cloud answers them inside each of its machines.
 */
import ipaddr from 'ipaddr.js'

/**
 * Not on the internet, but in no registry. Azure's host, which hands out credentials and configuration of the machine
 * (learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16); the private service networks of IBM
 * Cloud (cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc).
 */
const cloudHosts = ['168.63.129.16/32', '161.26.0.0/16', '166.8.0.0/14'].map(range =>
  ipaddr.IPv4.parseCIDR(range)
)

const isPublicIPv4 = (address: ipaddr.IPv4): boolean =>
  address.range() === 'unicast' && !cloudHosts.some(range => address.match(range))

/** True for an address of the public internet; `address` is any text form of an IPv4 or IPv6 address. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  return parsed instanceof ipaddr.IPv4 ? isPublicIPv4(parsed) : isPublicIPv6(parsed)
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  const inside = embeddedIPv4(address)
  if (inside !== undefined && !isPublicIPv4(inside)) return false
  if (address.isIPv4MappedAddress() || isNat64(address)) return true
  const isGlobalUnicast = ((address.parts[0] ?? 0) & 0xe000) === 0x2000
  return isGlobalUnicast && address.range() === 'unicast'
}

/**
 * The IPv4 address that is really reached: mapped (::ffff:a.b.c.d), NAT64 (64:ff9b::a.b.c.d, RFC 6052), or ISATAP
 * within any network (…:0:5efe:a.b.c.d, RFC 5214). Other ways to wrap one (6to4, Teredo) are special ranges as a
 * whole.
 */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const isWrapped = address.isIPv4MappedAddress() || isNat64(address) || isIsatap(address)
  return isWrapped ? new ipaddr.IPv4(address.toByteArray().slice(12)) : undefined
}

const isNat64 = ({ parts }: ipaddr.IPv6): boolean =>
  parts.slice(0, 6).every((part, i) => part === [0x64, 0xff9b, 0, 0, 0, 0][i])

/** The bit for "globally unique" may be set in the interface's id. */
const isIsatap = ({ parts }: ipaddr.IPv6): boolean =>
  ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe
