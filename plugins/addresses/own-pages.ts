/** The server's own addresses, which no route of a function may hide. */
import { isIP } from 'node:net'
import type { Config } from '../../config/schema.js'
import { MoonletError } from '../../core/base/errors.js'
import type { Route } from '../../core/contracts/front-door.js'

const FUNCTIONS = 'fn'
/** What the server answers where only functions are served. */
const functionsOnly: ReadonlySet<string> = new Set([FUNCTIONS])
/** By the first part of the path. */
const owners: Readonly<Record<string, string>> = {
  [FUNCTIONS]: "the functions' own addresses",
  api: 'the API',
  healthz: 'health',
  readyz: 'health',
  metrics: 'metrics'
}

export interface OwnPagesOptions {
  readonly address: Config['FUNCTIONS_HOST']
  readonly baseUrl: () => string
}

export class OwnPages {
  /** First parts of paths, as `api` of `/api/functions`. */
  private readonly firstParts = new Set<string>([FUNCTIONS])
  private dashboardHost: string | undefined
  private hosts: ReadonlySet<string> | undefined

  constructor(private readonly options: OwnPagesOptions) {}

  /** `url`: the pattern of a route of the server. */
  add(url: string): void {
    if (url !== '*' && url !== '/*') this.firstParts.add(firstPart(url))
  }

  /** Whether the server itself answers there, where functions are called. */
  has(path: string): boolean {
    return this.partsAt(undefined).has(firstPart(path.split(/[?#]/, 1)[0] ?? ''))
  }

  /** Whether the dashboard or the functions' own place answers on this host, so that pages of ours come first. */
  isOurs(host: string): boolean {
    this.hosts ??= this.readHosts()
    return this.hosts.has(host) || isIP(host) !== 0
  }

  /** Throws CONFLICT that names what the route would hide. */
  check({ pattern, host }: Route): void {
    if (host !== undefined && !this.isOurs(host)) return
    const first = firstPart(pattern).replaceAll('::', ':')
    const fixed = /^[^:*]*/.exec(firstPart(pattern))?.[0] ?? ''
    const isFixed = fixed === firstPart(pattern)
    for (const part of this.partsAt(host)) {
      // Addresses of functions come first anyway.
      if (part === FUNCTIONS && !isFixed) continue
      if (isFixed ? part === first : part.startsWith(fixed)) {
        const owner = owners[part] ?? 'the dashboard'
        throw new MoonletError('CONFLICT', `routes: ${pattern} would hide ${owner} (/${part})`)
      }
    }
  }

  private partsAt(host: string | undefined): ReadonlySet<string> {
    const { address } = this.options
    if (address === undefined) return this.firstParts
    const isDashboards = address.kind === 'host' && host === this.readDashboardHost()
    return isDashboards ? this.firstParts : functionsOnly
  }

  private readHosts(): ReadonlySet<string> {
    const { address } = this.options
    const functionsHost = address?.kind === 'host' ? [address.host.replace(/:\d+$/, '')] : []
    return new Set([this.readDashboardHost(), 'localhost', ...functionsHost])
  }

  /** Read once: every call asks for it while there are routes. */
  private readDashboardHost(): string {
    return (this.dashboardHost ??= new URL(this.options.baseUrl()).hostname)
  }
}

const firstPart = (path: string): string => path.split('/', 2)[1] ?? ''
