/** What a token needs for a route of the management API; each route declares it in its `config`. */
import type { TokenScope } from './tokens.js'

/** `any`: every valid token may. `open`: no token is needed. */
export type RouteScope = TokenScope | 'any' | 'open'

/**
 * What a route concerns, for tokens that are for some functions only:
 *
 * - `function`: the one that its path parameter `id` names; others are refused.
 * - `filtered`: the handler itself leaves out or refuses other functions (core/http/token-functions.ts).
 * - `nothing`: no function, nor anything else that somebody stores.
 * - `everything`: such tokens are refused.
 */
export type RouteReach = 'function' | 'filtered' | 'nothing' | 'everything'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Left out, it is `admin`; routes under /api must say it. */
    scope?: RouteScope
    /** Left out, it is `function` for paths below /api/functions/:id, else `everything`. */
    reach?: RouteReach
  }
}
