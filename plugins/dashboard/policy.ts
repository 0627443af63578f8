/** What the dashboard's pages may do in a browser: nothing but what is listed here. */

/**
 * The policy of the dashboard itself. Scripts, styles and connections are this server's own; `functionsOrigin`
 * is where functions answer when that is another place. Style attributes are allowed because Monaco sets the
 * places of its lines that way; style elements are not.
 */
export const pagePolicy = (functionsOrigin: string | undefined): string =>
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
    "frame-ancestors 'none'"
  ].join('; ')

/**
 * The policy of the frame that shows a function's page: an origin of its own, no scripts but the one that puts
 * the markup in place, nothing fetched from anywhere.
 */
export const previewPolicy = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'"
].join('; ')

export const pageHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-cache'
} as const
