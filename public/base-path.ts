/**
 * The server, and with it the dashboard, may live below a path of its host (BASE_PATH). In the dashboard all addresses
 * are without it: it is added where they are given to the browser, and taken off where they come from there.
 */

/** '' at the top of the host. The document says it, as the server sent it. */
export const basePath = (): string => document.documentElement.dataset['basePath'] ?? ''

/** The address for the browser. */
export const toBrowserPath = (own: string): string => basePath() + own

/** The dashboard's own address of what the browser has; undefined: it is not of this server. */
export function toOwnPath(path: string): string | undefined {
  const base = basePath()
  if (path === base) return '/'
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined
}

/** Path and query of the page that is shown. */
export const ownLocation = (): string => ownPathname() + location.search
export const ownPathname = (): string => toOwnPath(location.pathname) ?? '/'
