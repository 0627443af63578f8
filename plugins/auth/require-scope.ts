/** Every route of the API says what a token needs for it: one that does not keeps the server from starting. */
import type { RouteOptions } from 'fastify'
import '../../core/contracts/route-access.js'

/** Throws for a route under /api without a scope. */
export function requireScope({ method, url, config }: RouteOptions): void {
  if (!/^\/api(?:\/|$)/.test(url) || config?.scope !== undefined) return
  throw new Error(
    `The route ${String(method)} ${url} declares no scope: give it config: { scope } (core/contracts/route-access.ts)`
  )
}
