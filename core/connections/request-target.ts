/** Request targets, of which HTTP knows several forms (RFC 9112, section 3.2). */

/**
 * The target as a path with its query. Clients that take a server for a proxy send a whole address; host and scheme
 * say nothing then that anybody here asks for.
 */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target
  const [address] = /^https?:\/\/[^/?#]*/i.exec(target) ?? []
  if (address === undefined) return target
  const rest = target.slice(address.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The function that a request target names; undefined for any other address. */
export function functionOf(target: string): string | undefined {
  const [, id] = /^\/fn\/([^/?#]+)/.exec(toOriginForm(target)) ?? []
  if (id?.includes('%') !== true) return id
  try {
    return decodeURIComponent(id)
  } catch {
    return undefined
  }
}

/** A fragment is never to be sent; some clients do. */
export function withoutFragment(target: string): string {
  const hash = target.indexOf('#')
  return hash === -1 ? target : target.slice(0, hash)
}
