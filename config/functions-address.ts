/**
 * Where functions answer, when that is not where the dashboard does: a page that a function serves is then of
 * another origin than the dashboard, whatever it does.
 */
export type FunctionsAddress =
  | { readonly kind: 'port'; readonly port: number }
  /** `host` in lower case, with its port if the setting names one. */
  | { readonly kind: 'host'; readonly host: string }

/** Reads `:3001` (a port of its own) or `functions.example.org[:port]` (a host name of its own). Undefined: neither. */
export function parseFunctionsAddress(text: string): FunctionsAddress | undefined {
  const [, digits] = /^:(\d{1,5})$/.exec(text) ?? []
  if (digits !== undefined) {
    return Number(digits) <= 65535 ? { kind: 'port', port: Number(digits) } : undefined
  }
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i.test(text)
    ? { kind: 'host', host: text.toLowerCase() }
    : undefined
}

/** True when a request with this Host header came for the functions' host name. */
export function isForHost(
  address: { readonly host: string },
  hostHeader: string | undefined
): boolean {
  const asked = hostHeader?.toLowerCase() ?? ''
  return address.host.includes(':')
    ? asked === address.host
    : asked.replace(/:\d+$/, '') === address.host
}

/** The public address of functions: `baseUrl` with host or port replaced. No trailing slash. */
export function functionsUrl(
  address: FunctionsAddress,
  baseUrl: string,
  listeningPort: number | undefined
): string {
  const url = new URL(baseUrl)
  if (address.kind === 'port') url.port = String(listeningPort ?? address.port)
  else if (address.host.includes(':')) url.host = address.host
  else url.hostname = address.host
  return url.origin
}
