/** Every request that the dashboard's pages make (public/api), by the page that makes it. */
import type { PageHistory } from './page-history.js'

export interface PageRequest {
  readonly page: string
  readonly name: string
  readonly path: string
  readonly method?: 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  /** Done once, because it cannot be repeated. */
  readonly once?: boolean
  /** An endless answer, of which the first bytes count. */
  readonly stream?: boolean
}

const DAY = 86_400
const code = 'function handler(ctx, event)\n  return { statusCode = 200, body = "hello" }\nend\n'
const post = (body: unknown) => ({ method: 'POST', body }) as const
const put = (body: unknown) => ({ method: 'PUT', body }) as const

function lists({ large, small }: PageHistory, executions: number): PageRequest[] {
  const now = Math.floor(Date.now() / 1000)
  const half = Math.floor(executions / 2)
  const page = 'executions'
  const of = (id: string, name: string, query: string): PageRequest => ({
    page,
    name,
    path: `/api/functions/${id}/executions?limit=50&offset=0&${query}`
  })
  return [
    of(large, 'first page', ''),
    {
      page,
      name: 'middle page',
      path: `/api/functions/${large}/executions?limit=50&offset=${Math.floor(half / 2)}`
    },
    {
      page,
      name: 'last page',
      path: `/api/functions/${large}/executions?limit=50&offset=${half - 50}`
    },
    of(large, 'errors', 'status=error'),
    {
      page,
      name: 'errors, last page',
      path: `/api/functions/${large}/executions?limit=50&offset=${Math.floor(half / 10) - 50}&status=error`
    },
    of(large, 'pending (none)', 'status=pending'),
    of(large, 'by schedule', 'trigger=cron'),
    of(large, 'run again (none)', 'trigger=rerun'),
    of(large, 'version 1', 'version=1'),
    of(large, 'version 100 (none)', 'version=100'),
    of(large, 'last hour', `from=${now - 3600}`),
    of(large, 'last 7 days', `from=${now - 7 * DAY}`),
    of(large, 'from … to, one day', `from=${now - 15 * DAY}&to=${now - 14 * DAY}`),
    of(large, 'to a day ago', `to=${now - DAY}`),
    of(large, 'text, frequent', 'text=catalogue'),
    of(large, 'text, absent', 'text=nowhere'),
    of(large, 'text in errors', 'text=nil+value&status=error'),
    of(large, 'all filters', `text=page&status=error&trigger=http&version=1&from=${now - 7 * DAY}`),
    of(small, 'small function', ''),
    of(small, 'small function, text', 'text=catalogue'),
    { page, name: 'live, first bytes', path: `/api/events?function_id=${large}`, stream: true }
  ]
}

/** In the order in which they are made: what deletes comes last. */
export function pageRequests(history: PageHistory, executions: number): PageRequest[] {
  const { large, small, execution } = history
  const fn = `/api/functions/${large}`
  const version = (number: number) => `${fn}/versions/ver_${large}_v${number}`
  return [
    { page: 'every page', name: 'document', path: '/' },
    { page: 'every page', name: 'plugin pages', path: '/api/plugins' },
    { page: 'every page', name: 'server status', path: '/api/status' },
    {
      page: 'login',
      name: 'wrong key',
      path: '/api/auth/login',
      ...post({ apiKey: 'wrong' }),
      once: true
    },
    { page: 'functions', name: 'first page', path: '/api/functions?limit=50&offset=0' },
    { page: 'functions', name: 'last page', path: '/api/functions?limit=50&offset=950' },
    {
      page: 'functions',
      name: 'search',
      path: '/api/functions?limit=50&offset=0&search=function+99'
    },
    {
      page: 'functions',
      name: 'search, nothing',
      path: '/api/functions?limit=50&offset=0&search=nowhere'
    },
    { page: 'palette', name: 'functions', path: '/api/functions?limit=8&offset=0' },
    { page: 'palette', name: 'search', path: '/api/functions?limit=8&offset=0&search=one+of' },
    { page: 'new', name: 'create', path: '/api/functions', ...post({ name: 'made', code }) },
    { page: 'function', name: 'function', path: fn },
    { page: 'function', name: 'small function', path: `/api/functions/${small}` },
    { page: 'code', name: 'Lua reference', path: '/api/lua' },
    { page: 'code', name: 'check', path: '/api/check', ...post({ code: code.repeat(20) }) },
    {
      page: 'code',
      name: 'run draft',
      path: `${fn}/draft`,
      ...post({ code, event: { method: 'GET', path: '/' } })
    },
    { page: 'code', name: 'save', path: fn, ...put({ code }) },
    { page: 'test', name: 'call', path: `/fn/${large}` },
    ...lists(history, executions),
    { page: 'execution', name: 'execution', path: `/api/executions/${execution}` },
    {
      page: 'execution',
      name: 'logs',
      path: `/api/executions/${execution}/logs?limit=100&offset=0`
    },
    {
      page: 'execution',
      name: 'last logs',
      path: `/api/executions/${execution}/logs?limit=100&offset=900`
    },
    {
      page: 'execution',
      name: 'AI requests',
      path: `/api/executions/${execution}/ai-requests?limit=100`
    },
    {
      page: 'execution',
      name: 'e-mail requests',
      path: `/api/executions/${execution}/email-requests?limit=100`
    },
    {
      page: 'execution',
      name: 'run again',
      path: `/api/executions/${execution}/rerun`,
      ...post(undefined)
    },
    { page: 'versions', name: 'first page', path: `${fn}/versions?limit=50&offset=0` },
    { page: 'versions', name: 'last page', path: `${fn}/versions?limit=50&offset=150` },
    { page: 'versions', name: 'one, to compare', path: `${fn}/versions/100` },
    { page: 'versions', name: 'activate', path: `${version(50)}/activate`, ...post(undefined) },
    { page: 'data', name: 'first page', path: `${fn}/kv?limit=50` },
    { page: 'data', name: 'deep page', path: `${fn}/kv?limit=50&after=user:009900` },
    { page: 'data', name: 'prefix', path: `${fn}/kv?limit=50&prefix=user:005` },
    { page: 'data', name: 'value', path: `${fn}/kv/user:005000` },
    { page: 'data', name: 'write', path: `${fn}/kv/written`, ...put('text') },
    { page: 'data', name: 'shared, first page', path: '/api/kv?limit=50' },
    { page: 'data', name: 'delete', path: `${fn}/kv/user:000001`, method: 'DELETE', once: true },
    { page: 'settings', name: 'next runs', path: `${fn}/next-run` },
    {
      page: 'settings',
      name: 'check schedule',
      path: '/api/cron/check',
      ...post({ schedule: '*/5 * * * *' })
    },
    {
      page: 'settings',
      name: 'schedule without a date',
      path: '/api/cron/check',
      ...post({ schedule: '0 0 31 2 *' })
    },
    {
      page: 'settings',
      name: 'save name',
      path: fn,
      ...put({ name: 'large', description: 'The large one' })
    },
    {
      page: 'settings',
      name: 'save variables',
      path: `${fn}/env`,
      ...put({ env_vars: { TOKEN: 'secret' } })
    },
    {
      page: 'settings',
      name: 'disable',
      path: `/api/functions/${small}`,
      ...put({ disabled: true })
    },
    { page: 'account', name: 'sessions', path: '/api/auth/sessions' },
    { page: 'API', name: 'document', path: '/docs' },
    {
      page: 'versions',
      name: 'delete, with half of all executions',
      path: version(1),
      method: 'DELETE',
      once: true
    },
    { page: 'settings', name: 'delete function', path: fn, method: 'DELETE', once: true },
    { page: 'account', name: 'sign out', path: '/api/auth/logout', ...post(undefined), once: true }
  ]
}
