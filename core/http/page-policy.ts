/** What pages of this server may do in a browser, those of plugins too: nothing but what is listed here. */

/**
 * The policy of the dashboard itself. Scripts, styles and connections are this server's own; `functionsOrigin`
 * is where functions answer when that is another place, `framedBy` says whose pages may show the page within them.
 * Style attributes are allowed because Monaco sets the places of its lines that way; style elements are not.
 */
export const pagePolicy = (
  functionsOrigin: string | undefined,
  framedBy: "'none'" | "'self'" = "'none'"
): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-elem 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${functionsOrigin === undefined ? '' : ` ${functionsOrigin}`}`,
    "worker-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${framedBy}`
  ].join('; ')

export const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-cache'
} as const
