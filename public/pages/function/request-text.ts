import type { Execution } from '../../api/types.js'

/**
 * "GET /orders", as far as it is known. `whole`: with `/fn/{id}` or `/fn/{slug}`, which lists leave out, since it says
 * nothing but which function was called.
 */
export function requestText(
  { method = '', path = '' }: Pick<Execution, 'method' | 'path'>,
  whole = false
): string {
  const shown = whole ? path : path.replace(/^\/fn\/[^/]+\/?/, '/')
  return [method, shown].filter(part => part !== '').join(' ')
}
