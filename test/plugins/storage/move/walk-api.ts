/** Everything that the management API answers to GET, page by page. */
import type { Call } from '../../../helpers/api.js'

/** What a server says of itself or of this moment. */
const NOT_STORED = [
  '/api/auth/sessions',
  '/api/events',
  '/api/lua',
  '/api/nodes',
  '/api/plugins',
  '/api/status',
  '/healthz',
  '/metrics',
  '/readyz'
]

/** Where the values of a parameter come from: a list, the name of its rows, and what of a row is the value. */
const LISTS: Readonly<Record<string, readonly [rows: string, field: string]>> = {
  '/api/functions': ['functions', 'id'],
  '/api/modules': ['modules', 'id'],
  '/api/jobs': ['jobs', 'id'],
  '/api/alerts': ['alerts', 'id'],
  '/api/functions/{id}/executions': ['executions', 'id'],
  '/api/functions/{id}/env/history': ['history', 'id'],
  '/api/env/history': ['history', 'id'],
  '/api/functions/{id}/versions': ['versions', 'version'],
  '/api/modules/{id}/versions': ['versions', 'version'],
  '/api/functions/{id}/kv': ['entries', 'key'],
  '/api/kv': ['entries', 'key']
}

type Params = Readonly<Record<string, string>>

/** Paths with what they answered. `paths` are all that can be asked with GET. */
export async function walkApi(call: Call, paths: readonly string[]): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>()
  const asked = paths.filter(path => !NOT_STORED.includes(path) && path.startsWith('/api/'))
  for (const path of asked) {
    for (const params of await paramsOf(call, path)) {
      for (const url of pagesOf(fill(path, params))) {
        const { status, json } = await call('GET', url)
        answers.set(url, { status, json: withoutTags(json) })
      }
    }
  }
  return answers
}

/** Names of states are made of rows, which each database has in a form of its own. */
const withoutTags = (json: unknown): unknown =>
  json === undefined
    ? undefined
    : JSON.parse(
        JSON.stringify(json, (key, value: unknown) => (key === 'etag' ? undefined : value))
      )

const pagesOf = (url: string): string[] => [
  url,
  `${url}?limit=2&offset=0`,
  `${url}?limit=2&offset=2`
]

const fill = (path: string, params: Params): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))

async function paramsOf(call: Call, path: string): Promise<Params[]> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  let found: Params[] = [{}]
  let prefix = ''
  for (const name of names) {
    const next = `{${name}}`
    prefix = path.slice(0, path.indexOf(next)).replace(/\/$/, '')
    const list = listOf(prefix)
    const longer: Params[] = []
    for (const params of found) {
      for (const value of await valuesOf(call, list, params)) {
        longer.push({ ...params, [name]: value })
      }
    }
    found = longer
  }
  return found
}

/** Where ids of what lies under a path are listed. */
function listOf(prefix: string): string {
  if (prefix.startsWith('/api/executions')) return '/api/functions/{id}/executions'
  return prefix.replace(/\/kv-value$/, '/kv').replace(/\/diff(\/\{v1\})?$/, '/versions')
}

async function valuesOf(call: Call, list: string, params: Params): Promise<string[]> {
  const [rows, field] = LISTS[list] ?? ['', '']
  const places = list.startsWith('/api/functions/{id}/executions')
    ? (await valuesOf(call, '/api/functions', {})).map(id => ({ id }))
    : [params]
  const values: string[] = []
  for (const place of places) {
    const { json } = await call('GET', `${fill(list, place)}?limit=100`)
    for (const row of (json?.[rows] ?? []) as Record<string, unknown>[]) {
      values.push(String(row[field]))
    }
  }
  return values
}
