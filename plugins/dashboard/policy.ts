/** What the dashboard's preview may do in a browser: nothing but what is listed here. */

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
